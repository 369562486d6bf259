import { ShapeError } from "../../core/errors.js";
import type { Image, Volume } from "../image.js";
import { halfColumns } from "../spectrum/half.js";
import { fitsWasm, type Shape3d } from "./layout.js";
import { forwardReference, inverseReference } from "./reference.js";
import { forwardWasm, inverseWasm } from "./wasm.js";

/**
 * Discrete Fourier transforms of real images and volumes.
 *
 * Half spectra: columns run over frequencies 0 … floor(columns / 2), rows (and sections) over all frequencies in
 * the order 0, 1, …, -1 (array/spectrum/half.ts); interleaved re, im. The forward transform is not scaled, the inverse divides by
 * the number of samples. Any size works; sizes without large prime factors are fastest (fftFriendlySize).
 */
export interface Spectrum<Shape extends readonly number[] = readonly [number, number]> {
  /** Interleaved re, im; length 2 * (product of all but the last of shape) * (floor(columns / 2) + 1). */
  readonly data: Float32Array;
  /** Shape of the real array it belongs to. */
  readonly shape: Shape;
}

/**
 * Forward transform of an image, exp(-2πi …), not scaled. `out`, if given, receives the spectrum's data: for many
 * images of one size that saves making the array. Throws ShapeError where data, shape and out disagree.
 */
export function rfft2(image: Image, out?: Float32Array): Spectrum {
  const { data, shape } = image;
  return { data: forward("rfft2", data, shape, [1, ...shape], out), shape };
}

/** Inverse of rfft2: divides by rows * columns. `out` as for rfft2. Throws ShapeError as rfft2 does. */
export function irfft2(spectrum: Spectrum, out?: Float32Array): Image {
  const { data, shape } = spectrum;
  return { data: inverse("irfft2", data, shape, [1, ...shape], out), shape };
}

/** Forward transform of a volume, exp(-2πi …), not scaled. `out` and errors as for rfft2. */
export function rfft3(volume: Volume, out?: Float32Array): Spectrum<Volume["shape"]> {
  const { data, shape } = volume;
  return { data: forward("rfft3", data, shape, shape, out), shape };
}

/** Inverse of rfft3: divides by the number of voxels. voxelSize in angstrom is only passed on. `out` as for rfft2. */
export function irfft3(spectrum: Spectrum<Volume["shape"]>, voxelSize: number, out?: Float32Array): Volume {
  const { data, shape } = spectrum;
  return { data: inverse("irfft3", data, shape, shape, out), shape, voxelSize };
}

function forward(
  where: string,
  data: Float32Array,
  shape: readonly number[],
  shape3d: Shape3d,
  out: Float32Array = new Float32Array(spectrumLength(shape3d)),
): Float32Array {
  checkLength(where, "samples", data, imageLength(shape3d), shape);
  checkLength(where, "floats of spectrum", out, spectrumLength(shape3d), shape);
  if (fitsWasm(shape3d)) forwardWasm(data, shape3d, out);
  else forwardReference(data, shape3d, out);
  return out;
}

function inverse(
  where: string,
  data: Float32Array,
  shape: readonly number[],
  shape3d: Shape3d,
  out: Float32Array = new Float32Array(imageLength(shape3d)),
): Float32Array {
  checkLength(where, "floats of spectrum", data, spectrumLength(shape3d), shape);
  checkLength(where, "samples", out, imageLength(shape3d), shape);
  if (fitsWasm(shape3d)) inverseWasm(data, shape3d, 1 / out.length, out);
  else inverseReference(data, shape3d, out);
  return out;
}

const imageLength = ([sections, rows, columns]: Shape3d): number => sections * rows * columns;
const spectrumLength = ([sections, rows, columns]: Shape3d): number =>
  2 * sections * rows * halfColumns(columns);

function checkLength(
  where: string,
  what: string,
  data: Float32Array,
  wanted: number,
  shape: readonly number[],
): void {
  if (data.length !== wanted || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ShapeError(where, [data.length, ...shape], `${wanted} ${what} for [${shape.join(", ")}]`);
  }
}

/** The smallest even size >= n with no prime factor above 5: what transforms fastest. */
export function fftFriendlySize(n: number): number {
  for (let size = Math.max(2, 2 * Math.ceil(n / 2)); ; size += 2) {
    let rest = size;
    for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
    if (rest === 1) return size;
  }
}
