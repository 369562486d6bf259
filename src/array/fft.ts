import { ShapeError } from "../core/errors.js";
import { forwardReference, inverseReference } from "./fft-reference.js";
import type { Image, Volume } from "./image.js";

/**
 * Discrete Fourier transforms of real images and volumes.
 *
 * Half spectra: columns run over frequencies 0 … floor(columns / 2), rows (and sections) over all frequencies in
 * the usual order 0, 1, …, -1; interleaved re, im. The forward transform is not scaled, the inverse divides by
 * the number of samples. Any size works; sizes without large prime factors are fastest (fftFriendlySize).
 */
export interface Spectrum<Shape extends readonly number[] = readonly [number, number]> {
  /** Interleaved re, im; length 2 * (product of all but the last of shape) * (floor(columns / 2) + 1). */
  readonly data: Float32Array;
  /** Shape of the real array it belongs to. */
  readonly shape: Shape;
}

/** Forward transform of an image, exp(-2πi …), not scaled. Throws ShapeError if data and shape disagree. */
export function rfft2(image: Image): Spectrum {
  checkLength("rfft2", image.data, image.shape, image.shape[1]);
  return { data: forwardReference(image.data, image.shape), shape: image.shape };
}

/** Inverse of rfft2: divides by rows * columns. Throws ShapeError if data and shape disagree. */
export function irfft2(spectrum: Spectrum): Image {
  checkLength("irfft2", spectrum.data, spectrum.shape, 2 * halfColumns(spectrum.shape[1]));
  return { data: inverseReference(spectrum.data, spectrum.shape), shape: spectrum.shape };
}

/** Forward transform of a volume, exp(-2πi …), not scaled. Throws ShapeError if data and shape disagree. */
export function rfft3(volume: Volume): Spectrum<Volume["shape"]> {
  checkLength("rfft3", volume.data, volume.shape, volume.shape[2]);
  return { data: forwardReference(volume.data, volume.shape), shape: volume.shape };
}

/** Inverse of rfft3: divides by the number of voxels. voxelSize in angstrom is only passed on. */
export function irfft3(spectrum: Spectrum<Volume["shape"]>, voxelSize: number): Volume {
  checkLength("irfft3", spectrum.data, spectrum.shape, 2 * halfColumns(spectrum.shape[2]));
  return { data: inverseReference(spectrum.data, spectrum.shape), shape: spectrum.shape, voxelSize };
}

/** Complex columns of the half spectrum of `columns` real ones. */
export const halfColumns = (columns: number): number => Math.floor(columns / 2) + 1;

/** The signed frequency, cycles per sample, of index i on an axis of n samples. */
export const frequency = (i: number, n: number): number => (i < (n + 1) / 2 ? i : i - n) / n;

/** The smallest even size >= n with no prime factor above 5: what transforms fastest. */
export function fftFriendlySize(n: number): number {
  for (let size = Math.max(2, 2 * Math.ceil(n / 2)); ; size += 2) {
    let rest = size;
    for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
    if (rest === 1) return size;
  }
}

function checkLength(where: string, data: Float32Array, shape: readonly number[], lastAxis: number): void {
  const wanted = shape.slice(0, -1).reduce((product, n) => product * n, lastAxis);
  if (data.length !== wanted || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ShapeError(
      where,
      [data.length, ...shape],
      `${wanted} floats for the shape [${shape.join(", ")}]`,
    );
  }
}
