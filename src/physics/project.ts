import { irfft2, type Spectrum } from "../array/fft.js";
import { centre, type Image } from "../array/image.js";
import type { RotationMatrix } from "../core/rotation.js";
import type { Projector } from "./projector.js";

export interface ProjectionOptions {
  /** Pixels by which the particle is moved from the centre floor(n / 2), to the right and down. */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /** Transfer function of (kx, ky), 1/angstrom, as `ctf()` returns it: applied as it is, white protein. */
  readonly transfer?: (kx: number, ky: number) => number;
}

/**
 * The image at (x, y) is the sum over z of V(A^T (x, y, z)), then shifted and multiplied by the transfer function;
 * white protein. Same scale, sign and pixel as relion_project (whose offsets are minus these shifts).
 *
 * @param matrix A, from reference to observation
 * @returns box x box image, centre at floor(n / 2). The transform is periodic: what a shift or a transfer function
 *   moves over the edge of the box comes back at the other side.
 */
export function project(
  projector: Projector,
  matrix: RotationMatrix,
  options: ProjectionOptions = {},
): Image {
  const slice = centralSlice(projector, matrix);
  const middle = centre(projector.box);
  moveSpectrum(slice, middle + (options.shiftX ?? 0), middle + (options.shiftY ?? 0));
  if (options.transfer) multiplySpectrum(slice, projector.pixelSize, options.transfer);
  return irfft2(slice);
}

/**
 * Central slice of the prepared transform: the half spectrum of the projection, the particle's centre at the phase
 * origin. Trilinear between samples; zero beyond the radius of Nyquist, as in RELION, and on Nyquist itself.
 */
export function centralSlice(projector: Projector, matrix: RotationMatrix): Spectrum {
  const { box, step, scale, radius } = projector;
  const columns = (box >> 1) + 1;
  const data = new Float32Array(2 * box * columns);
  const volume = projector.spectrum.data;
  const n = projector.spectrum.shape[0];
  const width = (n >> 1) + 1;
  const [ax, ay, az] = [matrix[0] * step, matrix[1] * step, matrix[2] * step];
  const highest = Math.ceil(box / 2) - 1;
  for (let ky = -highest; ky <= highest; ky++) {
    const reach = Math.min(highest, Math.floor(Math.sqrt(radius * radius - ky * ky)));
    let to = 2 * (ky < 0 ? ky + box : ky) * columns;
    const [bx, by, bz] = [matrix[3] * step * ky, matrix[4] * step * ky, matrix[5] * step * ky];
    for (let kx = 0; kx <= reach; kx++) {
      let x = ax * kx + bx;
      let y = ay * kx + by;
      let z = az * kx + bz;
      // the transform of a real volume at -k is the conjugate of that at k: only x >= 0 is stored
      const sign = x < 0 ? -scale : scale;
      if (x < 0) {
        x = -x;
        y = -y;
        z = -z;
      }
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const z0 = Math.floor(z);
      const fx = x - x0;
      const fy = y - y0;
      const fz = z - z0;
      const right = x0 + 1 < width ? 2 : 0;
      const rowA = y0 < 0 ? y0 + n : y0;
      const rowB = y0 < -1 ? y0 + 1 + n : y0 + 1;
      const sectionA = (z0 < 0 ? z0 + n : z0) * n;
      const sectionB = (z0 < -1 ? z0 + 1 + n : z0 + 1) * n;
      const i00 = 2 * ((sectionA + rowA) * width + x0);
      const i01 = 2 * ((sectionA + rowB) * width + x0);
      const i10 = 2 * ((sectionB + rowA) * width + x0);
      const i11 = 2 * ((sectionB + rowB) * width + x0);
      const w00 = (1 - fz) * (1 - fy);
      const w01 = (1 - fz) * fy;
      const w10 = fz * (1 - fy);
      const w11 = fz * fy;
      const leftRe = w00 * volume[i00]! + w01 * volume[i01]! + w10 * volume[i10]! + w11 * volume[i11]!;
      const leftIm =
        w00 * volume[i00 + 1]! + w01 * volume[i01 + 1]! + w10 * volume[i10 + 1]! + w11 * volume[i11 + 1]!;
      const rightRe =
        w00 * volume[i00 + right]! +
        w01 * volume[i01 + right]! +
        w10 * volume[i10 + right]! +
        w11 * volume[i11 + right]!;
      const rightIm =
        w00 * volume[i00 + right + 1]! +
        w01 * volume[i01 + right + 1]! +
        w10 * volume[i10 + right + 1]! +
        w11 * volume[i11 + right + 1]!;
      data[to++] = scale * (leftRe + fx * (rightRe - leftRe));
      data[to++] = sign * (leftIm + fx * (rightIm - leftIm));
    }
  }
  return { data, shape: [box, box] };
}

/** Multiplies a half spectrum in place by the phase ramp that moves its image by (x, y) pixels, right and down. */
export function moveSpectrum(spectrum: Spectrum, x: number, y: number): void {
  const [rows, full] = spectrum.shape;
  const columns = (full >> 1) + 1;
  const { data } = spectrum;
  const cosines = new Float64Array(columns);
  const sines = new Float64Array(columns);
  for (let kx = 0; kx < columns; kx++) {
    const phase = (-2 * Math.PI * kx * x) / full;
    cosines[kx] = Math.cos(phase);
    sines[kx] = Math.sin(phase);
  }
  for (let row = 0; row < rows; row++) {
    const phase = (-2 * Math.PI * (row < (rows + 1) / 2 ? row : row - rows) * y) / rows;
    const c = Math.cos(phase);
    const s = Math.sin(phase);
    let i = 2 * row * columns;
    for (let kx = 0; kx < columns; kx++, i += 2) {
      const cosine = c * cosines[kx]! - s * sines[kx]!;
      const sine = s * cosines[kx]! + c * sines[kx]!;
      const re = data[i]!;
      const im = data[i + 1]!;
      data[i] = re * cosine - im * sine;
      data[i + 1] = re * sine + im * cosine;
    }
  }
}

/** Multiplies a half spectrum in place by a real function of (kx, ky) in 1/angstrom. */
export function multiplySpectrum(
  spectrum: Spectrum,
  pixelSize: number,
  transfer: (kx: number, ky: number) => number,
): void {
  const [rows, full] = spectrum.shape;
  const columns = (full >> 1) + 1;
  const { data } = spectrum;
  for (let row = 0; row < rows; row++) {
    const ky = (row < (rows + 1) / 2 ? row : row - rows) / (rows * pixelSize);
    let i = 2 * row * columns;
    for (let kx = 0; kx < columns; kx++, i += 2) {
      const factor = transfer(kx / (full * pixelSize), ky);
      data[i]! *= factor;
      data[i + 1]! *= factor;
    }
  }
}
