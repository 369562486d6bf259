import { type Image, zeros } from "../../array/image.js";
import type { Random } from "../../core/random.js";

/** Third and fourth cumulants of white noise of mean 0 and variance 1, to first order; 0 and 0: normal. */
export interface Innovations {
  readonly skewness: number;
  readonly kurtosis: number;
}

export const NORMAL: Innovations = { skewness: 0, kurtosis: 0 };

/** Beyond these the expansion below is no longer a distribution of one bump. */
const LIMIT = { skewness: 2, kurtosis: 4 } as const;

export const limited = ({ skewness, kurtosis }: Innovations): Innovations => ({
  skewness: Math.min(LIMIT.skewness, Math.max(-LIMIT.skewness, skewness)),
  kurtosis: Math.min(LIMIT.kurtosis, Math.max(-LIMIT.kurtosis, kurtosis)),
});

/**
 * White noise with some skewness and kurtosis, as counted electrons have: z + s/6 (z² - 1) + k/24 (z³ - 3 z) of normal z
 * (the Cornish-Fisher expansion's leading terms), scaled to variance 1. The three terms are uncorrelated, with
 * variances 1, s²/18 and k²/96.
 */
export function skewedNoise(
  shape: readonly [rows: number, columns: number],
  { skewness, kurtosis }: Innovations,
  random: Random,
): Image {
  const image = zeros(...shape);
  const { data } = image;
  random.fillNormal(data);
  if (skewness === 0 && kurtosis === 0) return image;
  const second = skewness / 6;
  const third = kurtosis / 24;
  const scale = 1 / Math.sqrt(1 + 2 * second * second + 6 * third * third);
  for (let i = 0; i < data.length; i++) {
    const z = data[i]!;
    data[i] = scale * (z + second * (z * z - 1) + third * z * (z * z - 3));
  }
  return image;
}
