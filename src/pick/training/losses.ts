import {
  add,
  constant,
  div,
  gather,
  mul,
  neg,
  reduceSum,
  reshape,
  sigmoid,
  softmax,
  square,
  sub,
  type Value,
} from "../../tensor/index.js";

/**
 * Topaz's GE-binomial penalty (Bepler et al. 2019, Nature Methods 16:1153): the number of particles that the classifier finds
 * among n unlabelled cells, a sum of n independent draws, is taken as normal with mean sum p and variance sum p (1 - p);
 * the penalty is the cross-entropy of that distribution over 0 … n with the binomial one of the expected share.
 *
 * @param cells int32 [n]: which of the flattened log-odds are looked at
 * @param share of the cells that hold a particle, 0 to 1 exclusive
 */
export function expectedCountPenalty(logOdds: Value, cells: Value, share: number): Value {
  const count = cells.type.shape[0]!;
  const p = sigmoid(gather(reshape(logOdds, [-1]), cells, 0));
  const mean = reduceSum(p);
  const variance = add(reduceSum(mul(p, sub(1, p))), 1e-7);
  const counts = constant(
    Array.from({ length: count + 1 }, (_, k) => k),
    [count + 1],
  );
  const found = softmax(div(neg(square(sub(counts, mean))), mul(variance, 2)));
  return neg(reduceSum(mul(found, constant(binomialLogarithms(count, share), [count + 1]))));
}

/** Logarithms of the binomial probabilities of k = 0 … n successes. */
export function binomialLogarithms(n: number, share: number): Float64Array {
  const out = new Float64Array(n + 1);
  let choices = 0;
  for (let k = 0; k <= n; k++) {
    if (k > 0) choices += Math.log((n - k + 1) / k);
    out[k] = choices + k * Math.log(share) + (n - k) * Math.log1p(-share);
  }
  return out;
}
