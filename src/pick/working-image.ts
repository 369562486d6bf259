import { reflected } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { bin } from "../array/resample.js";
import { indexOfNonFinite, robustScale } from "../array/statistics.js";
import { DomainError } from "../core/errors.js";

/** Grey values further than this from the mean, standard deviations, are hot pixels, dust or carbon: clipped. */
const CLIP = 5;

/** Whole number of micrograph pixels to a working pixel that leaves a particle about `across` working pixels wide. */
export const workingScale = (diameter: number, across: number): number =>
  Math.max(1, Math.round(diameter / across));

/**
 * A micrograph as the classical pickers see it: averaged over squares of scale x scale pixels, outliers clipped at 5 standard
 * deviations, mean 0 and standard deviation 1 without them; particles stay dark.
 *
 * @param diameter of a particle, micrograph pixels
 * @throws DomainError for a micrograph smaller than a particle, with a pixel that is no number, or of one value
 */
export function workingImage(micrograph: Image, diameter: number, scale: number): Image {
  const shorter = Math.min(...micrograph.shape);
  if (!(shorter >= diameter)) {
    throw new DomainError(
      "micrograph",
      `${micrograph.shape[1]} x ${micrograph.shape[0]} pixels`,
      `at least the particle's diameter of ${diameter.toFixed(1)} pixels on each side`,
    );
  }
  const binned = scale > 1 ? bin(micrograph, scale) : micrograph;
  const { mean, standardDeviation } = robustScale(binned.data);
  // pixels that are no numbers do not enter the scale; a square of pixels that holds one is no number either
  if (indexOfNonFinite(binned.data) >= 0) {
    throw new DomainError("micrograph", "pixels that are no finite numbers", "finite numbers");
  }
  if (!(standardDeviation > 0)) {
    throw new DomainError("micrograph", "the same value everywhere", "an image with some contrast");
  }
  const limit = (value: number): number => Math.min(CLIP, Math.max(-CLIP, value));
  const data = binned.data.map((value) => limit((value - mean) / standardDeviation));
  return { data, shape: binned.shape };
}

/**
 * The image with a margin in which it is mirrored (c b a | a b c), for filters that wrap around.
 *
 * @param shape with room for at least `margin` pixels on every side; pixel (0, 0) comes to (margin, margin)
 */
export function mirrorPad(
  { data, shape: [rows, columns] }: Image,
  margin: number,
  shape: readonly [rows: number, columns: number],
): Image {
  const source = (n: number, total: number): Int32Array =>
    Int32Array.from({ length: total }, (_, i) => reflected(i - margin, n));
  const [fromRows, fromColumns] = [source(rows, shape[0]), source(columns, shape[1])];
  const padded = new Float32Array(shape[0] * shape[1]);
  for (let y = 0, at = 0; y < shape[0]; y++) {
    const start = fromRows[y]! * columns;
    for (let x = 0; x < shape[1]; x++, at++) padded[at] = data[start + fromColumns[x]!]!;
  }
  return { data: padded, shape };
}
