import { mul, reduceSum, softplus, sub, type Value } from "../tensor/index.js";

/**
 * Weighted cross-entropy of log-odds l against wanted probabilities t, the sum over cells of
 * w (-t log p - (1 - t) log(1 - p)) = w (log(1 + e^l) - t l); the weights add up to 1 for a mean.
 */
export function crossEntropy(logOdds: Value, target: Value, weight: Value): Value {
  return reduceSum(mul(weight, sub(softplus(logOdds), mul(target, logOdds))));
}
