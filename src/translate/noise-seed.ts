import type { Image } from "../array/image.js";
import { inRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { colouredNoise, type NoisePower, whiteNoise } from "../physics/noise.js";

/**
 * The noise added to clean micrographs before a network sees them, with the same strength for every micrograph of a set: a
 * particle then stands out equally from a crowded field and from an empty one.
 */
export interface NoiseSeed {
  /** White (the paper) or with the spectrum of a real background. */
  readonly kind: "white" | "coloured";
  /** Standard deviation of the noise, in units of the clean micrographs. */
  readonly deviation: number;
  /** Standard deviation of the clean micrographs of the set: the root of their mean variance. */
  readonly cleanDeviation: number;
  /** For "coloured". */
  readonly power?: NoisePower;
}

/**
 * The seed for a set of clean micrographs.
 *
 * @param variances of the clean micrographs, pixel variance of each
 * @param snr mean of these over the variance of the noise; Infinity: no noise
 * @throws DomainError where no micrograph has any signal
 */
export function noiseSeed(
  variances: readonly number[],
  snr: number,
  power: NoisePower | undefined,
): NoiseSeed {
  const mean = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
  if (!(mean > 0))
    throw new DomainError("variance of the simulated micrographs", mean, "some signal in them");
  return {
    kind: power ? "coloured" : "white",
    deviation: Math.sqrt(mean / inRange("snr", snr, "", 1e-6, Number.POSITIVE_INFINITY)),
    cleanDeviation: Math.sqrt(mean),
    ...(power && { power }),
  };
}

/** Standard deviation of clean micrographs with the seed's noise. */
export const noisyDeviation = ({ deviation, cleanDeviation }: NoiseSeed): number =>
  Math.sqrt(deviation * deviation + cleanDeviation * cleanDeviation);

/** Noise of unit variance of a seed's kind. */
export function unitNoise(
  shape: readonly [rows: number, columns: number],
  seed: NoiseSeed,
  random: Random,
): Image {
  return seed.power ? colouredNoise(shape, seed.power, random) : whiteNoise(shape, random);
}

/**
 * What the network sees of a clean micrograph or a crop of one: noise added, mean 0, standard deviation 1 over the set.
 *
 * @param mean of the whole clean micrograph
 */
export function noisyInput(clean: Image, mean: number, seed: NoiseSeed, random: Random): Image {
  const noise = unitNoise(clean.shape, seed, random).data;
  const scale = 1 / noisyDeviation(seed);
  const data = new Float32Array(noise.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = (clean.data[i]! - mean + seed.deviation * noise[i]!) * scale;
  }
  return { data, shape: clean.shape };
}
