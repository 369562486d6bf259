import type { Image } from "../array/image.js";
import { DomainError } from "../core/errors.js";

/** The grey scale of a micrograph: what its mean and its spread are. */
export interface Contrast {
  readonly mean: number;
  readonly deviation: number;
}

/** Pixels further from the mean than this many deviations are left out of the second estimate. */
const OUTLIER = 5;

/**
 * Mean and standard deviation of an image, estimated again without the pixels beyond five deviations, so that a hot
 * pixel or the edge of a grid bar does not set the scale.
 *
 * @throws DomainError for an image of one value, or with a value that is not finite
 */
export function measureContrast({ data }: Image, name: string): Contrast {
  const first = moments(data, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  if (!(first.deviation > 0 && Number.isFinite(first.deviation))) {
    throw new DomainError(`${name}: standard deviation of the pixels`, first.deviation, "a positive number");
  }
  const reach = OUTLIER * first.deviation;
  return moments(data, first.mean - reach, first.mean + reach);
}

/** Mean and standard deviation (divisor n) of the values within [low, high]. */
function moments(data: Float32Array, low: number, high: number): Contrast {
  let count = 0;
  let sum = 0;
  for (const value of data) {
    if (value < low || value > high) continue;
    sum += value;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of data) if (value >= low && value <= high) squares += (value - mean) * (value - mean);
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** The image at mean 0 and standard deviation 1, as the networks see real micrographs. */
export function normaliseImage(image: Image, { mean, deviation }: Contrast): Image {
  return { data: image.data.map((value) => (value - mean) / deviation), shape: image.shape };
}

/** A normalised image in the grey scale of `contrast`. */
export function restoreContrast(image: Image, { mean, deviation }: Contrast): Image {
  return { data: image.data.map((value) => mean + deviation * value), shape: image.shape };
}

/** Mean of the contrasts of a set of micrographs. */
export function meanContrast(contrasts: readonly Contrast[]): Contrast {
  const average = (of: (contrast: Contrast) => number): number =>
    contrasts.reduce((sum, contrast) => sum + of(contrast), 0) / contrasts.length;
  return { mean: average(({ mean }) => mean), deviation: average(({ deviation }) => deviation) };
}

/** Mean and variance (divisor n) of a clean physics micrograph; a variance of 0 (no particle) is allowed. */
export function meanAndVariance({ data }: Image): { readonly mean: number; readonly variance: number } {
  const { mean, deviation } = moments(data, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { mean, variance: deviation * deviation };
}
