import { mean, variance } from "../array/statistics.js";

/** A score and how far it scatters between repeats. */
export interface Score {
  readonly mean: number;
  /** Standard deviation over the repeats, divided by n - 1; 0 for one repeat. */
  readonly spread: number;
  /** The score in each repeat, in the same order for all sets of one result. */
  readonly values: readonly number[];
}

/** Mean and spread of a score over its repeats. */
export function summarise(values: readonly number[]): Score {
  const n = values.length;
  const spread = n > 1 ? Math.sqrt((variance(values) * n) / (n - 1)) : 0;
  return { mean: mean(values), spread, values };
}
