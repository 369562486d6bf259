import type { Image } from "../../array/image.js";
import { mean, robustScale } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";

/** The grey scale of a micrograph: what its mean and its spread are. */
export interface Contrast {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Mean and standard deviation of an image without its outliers, so that a hot pixel does not set the scale.
 *
 * @throws DomainError for an image of one value, or with a value that is not finite
 */
export function measureContrast({ data }: Image, name: string): Contrast {
  const { mean, standardDeviation } = robustScale(data);
  if (!(standardDeviation > 0 && Number.isFinite(standardDeviation))) {
    throw new DomainError(
      `${name}: standard deviation of the pixels`,
      standardDeviation,
      "a positive number",
    );
  }
  return { mean, deviation: standardDeviation };
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
export const meanContrast = (contrasts: readonly Contrast[]): Contrast => ({
  mean: mean(contrasts.map((contrast) => contrast.mean)),
  deviation: mean(contrasts.map((contrast) => contrast.deviation)),
});
