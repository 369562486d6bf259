import { inRange, integerInRange } from "../core/check.js";
import { DomainError, ShapeError } from "../core/errors.js";
import type { Image } from "./image.js";

/** Arithmetic mean; NaN of nothing. Four partial sums are faster than one, whose every addition waits for the one before. */
export function mean(values: ArrayLike<number>): number {
  const whole = values.length & ~3;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]!;
  return (a + b + (c + d)) / values.length;
}

/** Index of the first value that is NaN or infinite, -1 where all are finite; ten times faster than findIndex, which calls back. */
export function indexOfNonFinite(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  if (sum === 0) return -1;
  return Array.prototype.findIndex.call(values, (value: number) => !Number.isFinite(value));
}

/** Population standard deviation: sqrt of the mean square deviation from the mean. */
export const standardDeviation = (values: ArrayLike<number>): number => Math.sqrt(variance(values));

/** Population variance, in two passes: exact for values far from zero. */
export function variance(values: ArrayLike<number>): number {
  const average = mean(values);
  const whole = values.length & ~3;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += (values[i]! - average) ** 2;
    b += (values[i + 1]! - average) ** 2;
    c += (values[i + 2]! - average) ** 2;
    d += (values[i + 3]! - average) ** 2;
  }
  for (let i = whole; i < values.length; i++) a += (values[i]! - average) ** 2;
  return (a + b + (c + d)) / values.length;
}

export interface Moments {
  readonly mean: number;
  /** Population variance. */
  readonly variance: number;
  /** Third central moment over variance^1.5; 0 for a symmetric distribution and for constant values. */
  readonly skewness: number;
  /** Fourth central moment over variance squared, minus 3: 0 for normal and for constant values. */
  readonly excessKurtosis: number;
}

/** Mean, variance, skewness and excess kurtosis (population moments, not corrected for the sample's size). */
export function moments(values: ArrayLike<number>): Moments {
  const average = mean(values);
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - average;
    const d2 = d * d;
    second += d2;
    third += d2 * d;
    fourth += d2 * d2;
  }
  const n = values.length;
  const spread = second / n;
  const constant = spread === 0;
  return {
    mean: average,
    variance: spread,
    skewness: constant ? 0 : third / n / (spread * Math.sqrt(spread)),
    excessKurtosis: constant ? 0 : fourth / n / (spread * spread) - 3,
  };
}

/**
 * The value below which the given fraction (0 to 1) of the values lies, linear between neighbours (numpy's default).
 * For 0.5 the median.
 */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  inRange("quantile: fraction", fraction, "", 0, 1);
  integerInRange("quantile: number of values", values.length, 1, Number.MAX_SAFE_INTEGER);
  const work = values instanceof Float32Array ? values.slice() : new Float64Array(values);
  const position = fraction * (work.length - 1);
  const below = Math.floor(position);
  partition(work, below);
  const low = work[below]!;
  if (position === below) return low;
  let next = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < work.length; i++) next = Math.min(next, work[i]!);
  return low + (position - below) * (next - low);
}

/** Hoare's selection: moves the k-th smallest to index k, nothing larger before it, nothing smaller after it. */
function partition(work: Float32Array | Float64Array, k: number): void {
  let low = 0;
  let high = work.length - 1;
  while (low < high) {
    const pivot = work[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (work[i]! < pivot) i++;
      while (work[j]! > pivot) j--;
      if (i > j) break;
      const swap = work[i]!;
      work[i++] = work[j]!;
      work[j--] = swap;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/** Pearson's correlation coefficient, -1 to 1; 0 where one side is constant. Throws ShapeError for unequal lengths. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new ShapeError("correlation", [b.length], `[${a.length}], as the first`);
  const meanA = mean(a);
  const meanB = mean(b);
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Mean and standard deviation of the values within 6 standard deviations, so that hot pixels do not set the scale. */
export function robustScale(values: ArrayLike<number>): { mean: number; standardDeviation: number } {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let kept = -1;
  let scale = { mean: Number.NaN, standardDeviation: Number.NaN };
  for (let round = 0; round < 20; round++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value >= low && value <= high) {
        sum += value;
        count++;
      }
    }
    const average = sum / count;
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value >= low && value <= high) squares += (value - average) ** 2;
    }
    const deviation = Math.sqrt(squares / count);
    scale = { mean: average, standardDeviation: deviation };
    if (count === kept || deviation === 0) break;
    kept = count;
    low = average - 6 * deviation;
    high = average + 6 * deviation;
  }
  return scale;
}

/**
 * The image, linearly rescaled to a mean and a standard deviation (0 and 1 unless told) that robustScale measures;
 * never by minimum and maximum. Values beyond 6 standard deviations are scaled with the rest, not clipped.
 *
 * @throws DomainError for an image of constant or non-finite value
 */
export function normalise(image: Image, toMean = 0, toStandardDeviation = 1): Image {
  const scale = robustScale(image.data);
  if (!(scale.standardDeviation > 0 && scale.standardDeviation < Number.POSITIVE_INFINITY)) {
    throw new DomainError(
      "normalise: standard deviation of the image",
      scale.standardDeviation,
      "more than 0",
    );
  }
  const factor = toStandardDeviation / scale.standardDeviation;
  const out = new Float32Array(image.data.length);
  for (let i = 0; i < out.length; i++) out[i] = (image.data[i]! - scale.mean) * factor + toMean;
  return { data: out, shape: image.shape };
}

/** Counts in `bins` equal bins over [low, high]; the last bin includes `high`, values outside are not counted. */
export function histogram(values: ArrayLike<number>, low: number, high: number, bins: number): Float64Array {
  integerInRange("histogram: bins", bins, 1, 1e7);
  inRange("histogram: high", high, "", low, Number.MAX_VALUE);
  const counts = new Float64Array(bins);
  const scale = bins / (high - low || 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) * scale))]!++;
  }
  return counts;
}
