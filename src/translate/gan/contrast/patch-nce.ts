import { add, div, log, mul, neg, softmax, stopGradient } from "../../../tensor/elementwise.js";
import { concat, slice } from "../../../tensor/layout.js";
import { gemm } from "../../../tensor/linear.js";
import { reduceMean, reduceSum } from "../../../tensor/reduce.js";
import { constant, type Value } from "../../../tensor/value.js";

/** What stands for a query's product with its own key among the negatives: e^(-10 / 0.07) is nothing. */
const EXCLUDED = -10;

/**
 * Patchwise contrastive loss of one feature map (Park et al. 2020): the output's features at n places against the input's,
 *
 *   mean over i of -log( e^(q_i k_i / t) / (e^(q_i k_i / t) + sum over j ≠ i of e^(q_i k_j / t)) )
 *
 * Keys take no gradient, as in the public code.
 *
 * @param queries unit vectors [n, width] of the output
 * @param keys unit vectors [n, width] of the input
 */
export function patchNce(queries: Value, keys: Value, temperature: number): Value {
  const count = queries.type.shape[0]!;
  const fixed = stopGradient(keys);
  const isOwn = (i: number): boolean => i % (count + 1) === 0;
  const square = (of: (i: number) => number): Value =>
    constant(
      Float32Array.from({ length: count * count }, (_, i) => of(i)),
      [count, count],
    );
  const products = mul(
    gemm(queries, fixed, { transB: true }),
    square((i) => (isOwn(i) ? 0 : 1)),
  );
  const negative = add(
    products,
    square((i) => (isOwn(i) ? EXCLUDED : 0)),
  );
  return infoNce(dotRows(queries, fixed), negative, temperature);
}

/** Products of the rows of two matrices with each other: [n, width] twice to [n, 1]. */
export const dotRows = (a: Value, b: Value): Value => reduceSum(mul(a, b), { axes: [1], keepDims: true });

/**
 * Mean over rows of -log softmax of the positive among all.
 *
 * @param positive [n, 1]
 * @param negative [n, m]
 */
export function infoNce(positive: Value, negative: Value, temperature: number): Value {
  const chances = softmax(div(concat([positive, negative], 1), temperature));
  return neg(reduceMean(log(slice(chances, { axis: 1, end: 1 }))));
}
