import { add, div, mul, sqrt, square } from "../tensor/elementwise.js";
import { gather, reshape, transpose } from "../tensor/layout.js";
import { gemm } from "../tensor/linear.js";
import { reduceSum } from "../tensor/reduce.js";
import type { Value } from "../tensor/value.js";
import { twoLayerHead } from "./layers.js";
import type { Scope } from "./scope.js";

/**
 * Sampling of a flattened map at n points, as graph inputs. Bilinear: indices [4 n] into it with weights [4 n], or a matrix
 * [n, pixels]. At whole pixels of the map: their positions [n].
 */
export type SamplingInputs =
  | { readonly positions: Value }
  | { readonly indices: Value; readonly weights: Value }
  | { readonly matrix: Value };

/** Features at n points: [1, channels, side, side] to [n, channels]. */
export function sampleFeatures(features: Value, points: SamplingInputs): Value {
  const channels = features.type.shape[1]!;
  const flat = reshape(features, [channels, -1]);
  if ("matrix" in points) return gemm(points.matrix, flat, { transB: true });
  // a pixel's features side by side: whole rows are read, and no product of their gradients is transposed
  if ("positions" in points) return gather(transpose(flat), points.positions, 0);
  const corners = mul(gather(transpose(flat), points.indices, 0), reshape(points.weights, [-1, 1]));
  return reduceSum(reshape(corners, [-1, 4, channels]), { axes: [1] });
}

/** Rows brought to length 1; a row of zeros stays zero. */
export const unitRows = (rows: Value): Value =>
  div(rows, sqrt(add(reduceSum(square(rows), { axes: [1], keepDims: true }), 1e-14)));

/** One head per encoder level: the features at points, through two layers of `width`, to unit vectors [n, width]. */
export function patchHeads(
  scope: Scope,
  width = 256,
): (level: number, features: Value, points: SamplingInputs) => Value {
  return (level, features, points) => {
    const head = twoLayerHead(scope.child(`level${level}`), features.type.shape[1]!, width);
    return unitRows(head(sampleFeatures(features, points)));
  };
}
