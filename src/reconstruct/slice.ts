import { rfft2 } from "../array/fft/fft.js";
import { centre } from "../array/image.js";
import { halfColumns, visitFrequencies } from "../array/spectrum/half.js";
import type { RotationMatrix } from "../core/rotation.js";
import { type CtfParameters, ctf } from "../physics/optics/ctf.js";

/** What the images of one optics group share. */
export interface ImageGroup {
  /** Rows and columns of an image. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Transfer of the detector at a frequency, cycles per pixel: the image's transform is divided by it. Absent: 1. */
  readonly mtf?: (frequency: number) => number;
}

/** How a particle image is seen. */
export interface ParticleView {
  /** A, from reference to observation. */
  readonly matrix: RotationMatrix;
  /** Pixels from the centre floor(n / 2) to the particle, to the right and down: minus the origin of RELION. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** White protein. Absent: none, as if it were 1 everywhere. */
  readonly ctf?: CtfParameters;
  /** Share of the particle in the sums; default 1. */
  readonly weight?: number;
}

/** A slice to add to a transform: half spectra in the order of rfft2, its phases about the particle's centre. */
export interface WeightedSlice {
  /** CTF times the image's transform (times the particle's weight), interleaved re, im. */
  readonly data: Float32Array;
  /** Squared CTF (times the particle's weight), a number a sample. */
  readonly weight: Float32Array;
}

/**
 * The slice of a particle image: its transform times exp(2πi k · (centre + shift)), divided by the MTF, times the CTF. At
 * zero frequency, where the background decides, it is 0, as in relion_reconstruct.
 *
 * Plain TypeScript, against which insert-wasm.ts is tested.
 */
export function sliceOfParticle(pixels: Float32Array, group: ImageGroup, view: ParticleView): WeightedSlice {
  const { box, pixelSize, mtf } = group;
  const { data } = rfft2({ data: pixels, shape: [box, box] });
  const weight = new Float32Array(box * halfColumns(box));
  const share = view.weight ?? 1;
  const transfer = view.ctf ? ctf(view.ctf) : () => 1;
  const [x, y] = [centre(box) + view.shiftX, centre(box) + view.shiftY];
  visitFrequencies([box, box], (i, kx, ky) => {
    const value = transfer(kx / pixelSize, ky / pixelSize);
    const factor = (share * value) / (mtf ? mtf(Math.sqrt(kx * kx + ky * ky)) : 1);
    const angle = 2 * Math.PI * (kx * x + ky * y);
    const [c, s] = [factor * Math.cos(angle), factor * Math.sin(angle)];
    const [re, im] = [data[2 * i]!, data[2 * i + 1]!];
    data[2 * i] = re * c - im * s;
    data[2 * i + 1] = re * s + im * c;
    weight[i] = share * value * value;
  });
  data.fill(0, 0, 2);
  return { data, weight };
}
