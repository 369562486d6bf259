import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { moments, quantile } from "../array/statistics.js";

/** Skewness and excess kurtosis typical of an image's small patches. */
export interface LocalShape {
  readonly skewness: number;
  readonly kurtosis: number;
}

const PATCH = 32;

/** Medians over all 32 x 32 patches of all images, each patch about its own mean. */
export function localShape(images: readonly Image[]): LocalShape {
  const skewness: number[] = [];
  const kurtosis: number[] = [];
  for (const image of images) {
    for (let top = 0; top + PATCH <= image.shape[0]; top += PATCH) {
      for (let left = 0; left + PATCH <= image.shape[1]; left += PATCH) {
        const patch = moments(crop(image, left, top, [PATCH, PATCH]).data);
        skewness.push(patch.skewness);
        kurtosis.push(patch.excessKurtosis);
      }
    }
  }
  return { skewness: quantile(skewness, 0.5), kurtosis: quantile(kurtosis, 0.5) };
}
