import { gaussianBlur } from "../../../array/filter.js";
import type { Image } from "../../../array/image.js";
import { mean, quantile, standardDeviation } from "../../../array/statistics.js";
import { DomainError } from "../../../core/errors.js";

/** What of a micrograph the classifier sees. */
export const BANDS = ["full", "coarse", "fine"] as const;
export type ClassifierBand = (typeof BANDS)[number];

/** Standard deviations of the Gaussians that part the bands, pixels: what is coarser than four pixels or so, and finer. */
const COARSE = 2;
const FINE = 1.2;

/** How real micrographs are stored, where that is in few grey levels. */
export interface Storage {
  /** A grey level over the micrograph's standard deviation. */
  readonly level: number;
}

/** Beyond so many grey levels within a standard deviation rounding does not show. */
const MANY_LEVELS = 100;

/**
 * How a set of micrographs is stored: in whole numbers, few of them within a standard deviation, or finely (undefined). Candidates are
 * rounded alike before they are compared, or the rounding alone would tell them apart.
 */
export function storageOf(micrographs: readonly Image[]): Storage | undefined {
  const levels = micrographs.map(({ data }) =>
    data.every((value) => Number.isInteger(value)) ? 1 / standardDeviation(data) : 0,
  );
  const level = quantile(levels, 0.5);
  return level > 1 / MANY_LEVELS && Number.isFinite(level) ? { level } : undefined;
}

/**
 * A micrograph at mean 0 and deviation 1, rounded as others are stored, in one band. The fine band and the coarse one have deviation 1
 * again.
 *
 * @throws DomainError for a micrograph of one value
 */
export function preparedMicrograph(
  image: Image,
  band: ClassifierBand,
  storage: Storage | undefined,
  name: string,
): Image {
  const rounded = storage ? inLevels(standardised(image, name), storage.level) : standardised(image, name);
  if (band === "full") return rounded;
  const blurred = gaussianBlur(rounded, band === "coarse" ? COARSE : FINE);
  if (band === "coarse") return standardised(blurred, name);
  const fine = rounded.data.map((value, i) => value - blurred.data[i]!);
  return standardised({ data: fine, shape: image.shape }, name);
}

function standardised({ data, shape }: Image, name: string): Image {
  const [middle, deviation] = [mean(data), standardDeviation(data)];
  if (!(deviation > 0)) throw new DomainError(`${name}: grey levels`, data[0], "more than one value");
  return { data: data.map((value) => (value - middle) / deviation), shape };
}

const inLevels = ({ data, shape }: Image, level: number): Image => ({
  data: data.map((value) => level * Math.round(value / level)),
  shape,
});
