import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import { mean, moments } from "../../array/statistics.js";

/** Skewness and excess kurtosis typical of an image's small patches. */
export interface LocalShape {
  readonly skewness: number;
  readonly kurtosis: number;
}

const PATCH = 32;
/** Patches overlap by half: nearly twice the information of disjoint ones. */
const STEP = PATCH / 2;
/** Share of the patches at either end that is left out: dirt at one end, and as many at the other. */
const TRIMMED = 0.05;

/** Trimmed means over the 32 x 32 patches of all images, each patch about its own mean. */
export function localShape(images: readonly Image[]): LocalShape {
  const skewness: number[] = [];
  const kurtosis: number[] = [];
  for (const image of images) {
    for (let top = 0; top + PATCH <= image.shape[0]; top += STEP) {
      for (let left = 0; left + PATCH <= image.shape[1]; left += STEP) {
        const patch = moments(crop(image, left, top, [PATCH, PATCH]).data);
        skewness.push(patch.skewness);
        kurtosis.push(patch.excessKurtosis);
      }
    }
  }
  return { skewness: trimmedMean(skewness), kurtosis: trimmedMean(kurtosis) };
}

function trimmedMean(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(TRIMMED * sorted.length);
  return mean(sorted.subarray(cut, sorted.length - cut));
}
