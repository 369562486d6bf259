import { mean, variance } from "../array/statistics.js";

/** A score and how far it scatters between repeats. */
export interface Score {
  readonly mean: number;
  /** Standard deviation over the repeats, divided by n - 1; 0 for one repeat. */
  readonly spread: number;
}

/** Mean and spread of a score over its repeats. */
export function summarise(values: ArrayLike<number>): Score {
  const n = values.length;
  return { mean: mean(values), spread: n > 1 ? Math.sqrt((variance(values) * n) / (n - 1)) : 0 };
}
