import type { Image } from "../../../array/image.js";
import { moments, standardDeviation } from "../../../array/statistics.js";
import { wassersteinDistance } from "../wasserstein.js";
import { copyPatch, patchGrid } from "./patches.js";

/** The quantities of a patch whose distributions are compared. */
export const LOCAL_QUANTITIES = ["mean", "variance", "skewness", "kurtosis"] as const;
export type LocalQuantity = (typeof LOCAL_QUANTITIES)[number];

/** One value a patch for each quantity; kurtosis is the excess over a Gaussian's. */
export type LocalStatistics = Readonly<Record<LocalQuantity, Float64Array>>;

/**
 * Mean, variance, skewness and excess kurtosis of every patch of `patch` pixels (`patchGrid`), in units of the image,
 * which the realism protocol normalises first.
 */
export function localStatistics(image: Image, patch: number): LocalStatistics {
  const { across, down } = patchGrid(image.shape, patch);
  const values = (): Float64Array => new Float64Array(down * across);
  const out = { mean: values(), variance: values(), skewness: values(), kurtosis: values() };
  const pixels = new Float32Array(patch * patch);
  for (let i = 0; i < down * across; i++) {
    const left = (i % across) * patch;
    const top = Math.floor(i / across) * patch;
    const found = moments(copyPatch(image, left, top, patch, pixels));
    out.mean[i] = found.mean;
    out.variance[i] = found.variance;
    out.skewness[i] = found.skewness;
    out.kurtosis[i] = found.excessKurtosis;
  }
  return out;
}

/**
 * Wasserstein distance of two samples in units of the real one's spread: 1 means that the synthetic values lie, on
 * average, one standard deviation of the real ones away from where they should.
 *
 * @param real and synthetic values of a quantity, one a patch
 * @param spread standard deviation of the quantity over real patches; of `real` when absent
 */
export function scaledDistance(
  real: ArrayLike<number>,
  synthetic: ArrayLike<number>,
  spread = standardDeviation(real),
): number {
  return wassersteinDistance(real, synthetic) / spread;
}
