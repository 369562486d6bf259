import { ShapeError } from "../../core/errors.js";
import type { FeatureMatrix } from "./frechet.js";

/**
 * Kernel inception distance (Bińkowski et al. 2018): the squared maximum mean discrepancy of two sets of features under
 *
 *   k(x, y) = (x y / d + 1)³
 *
 * estimated without bias, so that it does not depend on the number of vectors, and may come out below 0.
 *
 * @throws ShapeError if the dimensions differ or a side has fewer than two vectors
 */
export function kernelDistance(a: FeatureMatrix, b: FeatureMatrix): number {
  if (a.dimensions !== b.dimensions || Math.min(a.rows, b.rows) < 2) {
    throw new ShapeError(
      "kernel distance",
      [a.rows, a.dimensions, b.rows, b.dimensions],
      "two sets of 2 or more alike",
    );
  }
  return withinMean(a) + withinMean(b) - 2 * acrossMean(a, b);
}

/** Mean kernel over pairs of different vectors. */
function withinMean(a: FeatureMatrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < i; j++) sum += kernel(a, i, a, j);
  return (2 * sum) / (a.rows * (a.rows - 1));
}

function acrossMean(a: FeatureMatrix, b: FeatureMatrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < b.rows; j++) sum += kernel(a, i, b, j);
  return sum / (a.rows * b.rows);
}

function kernel(a: FeatureMatrix, i: number, b: FeatureMatrix, j: number): number {
  const { dimensions } = a;
  let dot = 0;
  for (let k = 0; k < dimensions; k++) dot += a.data[i * dimensions + k]! * b.data[j * dimensions + k]!;
  return (dot / dimensions + 1) ** 3;
}
