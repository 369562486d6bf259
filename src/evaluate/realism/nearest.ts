import { quantile } from "../../array/statistics.js";
import type { FeatureMatrix } from "./frechet.js";

/** Euclidean distance of each vector of `a` to the nearest of `b`. */
export function nearestDistances(a: FeatureMatrix, b: FeatureMatrix): Float64Array {
  const { dimensions } = a;
  return Float64Array.from({ length: a.rows }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < b.rows; j++) {
      let square = 0;
      for (let k = 0; k < dimensions && square < least; k++) {
        square += (a.data[i * dimensions + k]! - b.data[j * dimensions + k]!) ** 2;
      }
      least = Math.min(least, square);
    }
    return Math.sqrt(least);
  });
}

/** Share of real patches that lie nearer to others than the limit below which a patch counts as a copy. */
const RARE = 0.05;

/**
 * Share of a set's patches that lie nearer to a real one than all but 5 % of real ones do: about 0.05 for new real patches, more where
 * real ones were learned by heart.
 *
 * @param candidate distances of the set's patches to the nearest of the real ones
 * @param real the same of other real patches
 */
export function copiedShare(candidate: Float64Array, real: Float64Array): number {
  const limit = quantile(real, RARE);
  return candidate.filter((distance) => distance < limit).length / candidate.length;
}
