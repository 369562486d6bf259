import type { Found } from "../search/descend.js";
import { likeliest } from "../search/posterior.js";
import type { Shift } from "../search/shifts.js";
import type { View } from "../search/view.js";

/** What one search says of a particle: the likeliest views and shifts. Plain data. */
export interface Sighting {
  readonly views: readonly View[];
  readonly shifts: readonly Shift[];
  /** [views, shifts], sum 1. */
  readonly probability: Float32Array;
  /** The likeliest pair. */
  readonly best: { readonly view: View; readonly shift: Shift };
  /** Its share of the probability of all pairs at the last level. */
  readonly confidence: number;
  /** Pairs that make up 99.9 % of the probability. */
  readonly significant: number;
  /** Logarithm of the likelihood, but for what does not depend on the pose. */
  readonly evidence: number;
}

/** Views and shifts that are kept: what is left out is shared out among them. */
const KEEP_VIEWS = { share: 0.99, fewest: 1, most: 24 };
const KEEP_SHIFTS = { share: 0.99, fewest: 1, most: 16 };

/** What remains of the posterior at the last level of a search. */
export function sightingOf({ views, shifts, posterior }: Found): Sighting {
  const { probability, ofView, ofShift, best, evidence } = posterior;
  const kinds = likeliest(ofView, KEEP_VIEWS);
  const places = likeliest(ofShift, KEEP_SHIFTS);
  const kept = new Float32Array(kinds.length * places.length);
  let sum = 0;
  for (const [i, o] of kinds.entries()) {
    for (const [j, s] of places.entries()) {
      const value = probability[o * shifts.length + s]!;
      kept[i * places.length + j] = value;
      sum += value;
    }
  }
  return {
    views: kinds.map((o) => views[o]!),
    shifts: places.map((s) => shifts[s]!),
    probability: kept.map((value) => value / sum),
    best: {
      view: views[Math.floor(best / shifts.length)]!,
      shift: shifts[best % shifts.length]!,
    },
    confidence: probability[best]!,
    significant: countOf(probability, 0.999),
    evidence,
  };
}

/** How many of the largest make up a share. */
function countOf(probability: Float64Array, share: number): number {
  // ascending, by the array's own order of numbers
  const sorted = probability.filter((value) => value > 1e-6).sort();
  let sum = 0;
  let count = 0;
  while (count < sorted.length && sum < share) sum += sorted[sorted.length - ++count]!;
  return count;
}
