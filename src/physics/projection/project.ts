import { irfft2, type Spectrum } from "../../array/fft/fft.js";
import { centre, type Image } from "../../array/image.js";
import { halfColumns, mirrorIndex, signedIndex } from "../../array/spectrum/half.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { CtfParameters } from "../optics/ctf.js";
import { multiplyCtf } from "../optics/ctf-filter.js";
import type { Projector } from "./projector.js";
import { type SliceRequest, slicePlain } from "./slice-reference.js";
import { fitsSlicer, sliceFast } from "./slice-wasm.js";

/** Shift and CTF of a projection. */
export interface ProjectionOptions {
  /** Pixels by which the particle is moved from the centre floor(n / 2), to the right and down. */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /** Applied as it is: white protein. Absent = none. */
  readonly ctf?: CtfParameters;
}

/**
 * The image at (x, y) is the sum over z of V(A^T (x, y, z)), then shifted and multiplied by the CTF;
 * white protein. Same scale, sign and pixel as relion_project (whose offsets are minus these shifts).
 *
 * @param matrix A, from reference to observation
 * @returns box x box image, centre at floor(n / 2). The transform is periodic: what a shift or a CTF
 *   moves over the edge of the box comes back at the other side.
 */
export function project(
  projector: Projector,
  matrix: RotationMatrix,
  options: ProjectionOptions = {},
): Image {
  const slice = centralSlice(projector, matrix, options.shiftX ?? 0, options.shiftY ?? 0);
  if (options.ctf) {
    const { box, pixelSize, radius } = projector;
    multiplyCtf(slice, { ...options.ctf, pixelSize, factor: 1, highest: radius / (box * pixelSize) });
  }
  return irfft2(slice);
}

/**
 * Central slice of the prepared transform: the half spectrum of the projection, the particle's centre on pixel
 * floor(n / 2) plus the shift. Trilinear between samples; zero beyond the radius of Nyquist, as in RELION, and on
 * Nyquist itself.
 */
export function centralSlice(projector: Projector, matrix: RotationMatrix, shiftX = 0, shiftY = 0): Spectrum {
  const { cube, box } = projector;
  const request = sliceRequest(projector, matrix, shiftX, shiftY);
  return { data: fitsSlicer(cube) ? sliceFast(cube, request) : slicePlain(cube, request), shape: [box, box] };
}

/** What a slicer is asked for, for the slice that centralSlice returns. */
export function sliceRequest(
  { box, step, scale, radius }: Projector,
  matrix: RotationMatrix,
  shiftX: number,
  shiftY: number,
): SliceRequest {
  return {
    matrix: matrix.map((entry) => entry * step) as unknown as RotationMatrix,
    ...{ box, radius },
    columnPhases: phases(halfColumns(box), box, centre(box) + shiftX, scale),
    rowPhases: phases(box, box, centre(box) + shiftY, 1),
  };
}

/** Factors of a shift to the right or down, one a frequency: scale exp(-2πi k shift / n), interleaved re, im. */
function phases(count: number, n: number, shift: number, scale: number): Float32Array {
  const out = new Float32Array(2 * count);
  const angle = (-2 * Math.PI * shift) / n;
  const [stepRe, stepIm] = [Math.cos(angle), Math.sin(angle)];
  // turned by a step at a time, in 64 bits
  let [re, im] = [scale, 0];
  for (let i = 0; i < count; i++) {
    // from frequency n / 2 on they are negative, and the conjugates of those before
    if (signedIndex(i, n) < 0) {
      out[2 * i] = out[2 * mirrorIndex(i, n)]!;
      out[2 * i + 1] = -out[2 * mirrorIndex(i, n) + 1]!;
      continue;
    }
    out[2 * i] = re;
    out[2 * i + 1] = im;
    [re, im] = [re * stepRe - im * stepIm, re * stepIm + im * stepRe];
  }
  return out;
}

/** Multiplies a half spectrum in place by a real function of (kx, ky) in 1/angstrom. */
export function multiplySpectrum(
  spectrum: Spectrum,
  pixelSize: number,
  transfer: (kx: number, ky: number) => number,
): void {
  const [rows, full] = spectrum.shape;
  const columns = halfColumns(full);
  const { data } = spectrum;
  for (let row = 0; row < rows; row++) {
    const ky = signedIndex(row, rows) / (rows * pixelSize);
    let i = 2 * row * columns;
    for (let kx = 0; kx < columns; kx++, i += 2) {
      const factor = transfer(kx / (full * pixelSize), ky);
      data[i]! *= factor;
      data[i + 1]! *= factor;
    }
  }
}
