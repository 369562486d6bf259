import type { RotationMatrix } from "../../core/rotation.js";
import type { Found } from "../search/descend.js";
import { likeliest } from "../search/posterior.js";
import type { Shift } from "../search/shifts.js";

/** What one search says of a particle: the likeliest orientations and shifts. Plain data. */
export interface Sighting {
  readonly matrices: readonly RotationMatrix[];
  readonly shifts: readonly Shift[];
  /** [orientations, shifts], sum 1. */
  readonly probability: Float32Array;
  /** The likeliest pair. */
  readonly best: { readonly matrix: RotationMatrix; readonly shift: Shift };
  /** Its share of the probability of all pairs at the last level. */
  readonly confidence: number;
  /** Pairs that make up 99.9 % of the probability. */
  readonly significant: number;
  /** Logarithm of the likelihood, but for what does not depend on the pose. */
  readonly evidence: number;
}

/** Orientations and shifts that are kept: what is left out is shared out among them. */
const KEEP_ORIENTATIONS = { share: 0.99, fewest: 1, most: 24 };
const KEEP_SHIFTS = { share: 0.99, fewest: 1, most: 16 };

/** What remains of the posterior at the last level of a search. */
export function sightingOf({ matrices, shifts, posterior }: Found): Sighting {
  const { probability, ofOrientation, ofShift, best, evidence } = posterior;
  const orientations = likeliest(ofOrientation, KEEP_ORIENTATIONS);
  const places = likeliest(ofShift, KEEP_SHIFTS);
  const kept = new Float32Array(orientations.length * places.length);
  let sum = 0;
  for (const [i, o] of orientations.entries()) {
    for (const [j, s] of places.entries()) {
      const value = probability[o * shifts.length + s]!;
      kept[i * places.length + j] = value;
      sum += value;
    }
  }
  return {
    matrices: orientations.map((o) => matrices[o]!),
    shifts: places.map((s) => shifts[s]!),
    probability: kept.map((value) => value / sum),
    best: {
      matrix: matrices[Math.floor(best / shifts.length)]!,
      shift: shifts[best % shifts.length]!,
    },
    confidence: probability[best]!,
    significant: countOf(probability, 0.999),
    evidence,
  };
}

/** How many of the largest make up a share. */
function countOf(probability: Float64Array, share: number): number {
  const sorted = probability.filter((value) => value > 1e-6).sort((a, b) => b - a);
  let sum = 0;
  let count = 0;
  while (count < sorted.length && sum < share) sum += sorted[count++]!;
  return count;
}
