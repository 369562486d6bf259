import type { Image, Volume } from "./image.js";

/**
 * Discrete Fourier transforms of real images and volumes.
 *
 * Half spectra: columns run over frequencies 0 … floor(columns / 2), rows (and sections) over all frequencies in
 * the usual order 0, 1, …, -1; interleaved re, im. The forward transform is not scaled, the inverse divides by
 * the number of samples.
 */
export interface Spectrum<Shape extends readonly number[] = readonly [number, number]> {
  /** Interleaved re, im; length 2 * (product of all but the last of shape) * (floor(columns / 2) + 1). */
  readonly data: Float32Array;
  /** Shape of the real array it belongs to. */
  readonly shape: Shape;
}

export declare function rfft2(image: Image): Spectrum;
export declare function irfft2(spectrum: Spectrum): Image;
export declare function rfft3(volume: Volume): Spectrum<Volume["shape"]>;
export declare function irfft3(spectrum: Spectrum<Volume["shape"]>, voxelSize: number): Volume;

/** The signed frequency, cycles per sample, of index i on an axis of n samples. */
export const frequency = (i: number, n: number): number => (i < (n + 1) / 2 ? i : i - n) / n;

/** The smallest even size >= n with no prime factor above 5: what transforms fastest. */
export declare function fftFriendlySize(n: number): number;
