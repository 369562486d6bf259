import { quantile } from "../../array/statistics.js";
import { integerInRange } from "../../core/check.js";
import { Random } from "../../core/random.js";
import type { MatchedMicrograph } from "./picking.js";

/** Scores that have an interval. */
export const INTERVAL_SCORES = ["auprc", "precision", "recall", "f1"] as const;
export type IntervalScore = (typeof INTERVAL_SCORES)[number];

/** Ends of the middle 95 % of a score over the resamplings. */
export type Intervals = Readonly<Record<IntervalScore, readonly [low: number, high: number]>>;

/**
 * 95 % intervals of picking scores by the bootstrap over micrographs: as many are drawn with replacement as there are, their
 * outcomes pooled, and the 2.5 and 97.5 percentiles taken (Efron & Tibshirani 1993). With few micrographs they are rough,
 * and a picker's luck in training is not in them.
 *
 * @param rounds resamplings
 * @throws DomainError for rounds outside 1 to 1e5
 */
export function bootstrapPicking(
  micrographs: readonly MatchedMicrograph[],
  { rounds = 1000, seed = 1 }: { readonly rounds?: number; readonly seed?: number } = {},
): Intervals {
  integerInRange("bootstrapPicking: rounds", rounds, 1, 100_000);
  const random = Random.of(seed, "picking bootstrap");
  const sorted = sortedOutcomes(micrographs);
  const drawn: Record<IntervalScore, number[]> = { auprc: [], precision: [], recall: [], f1: [] };
  const weights = new Float64Array(micrographs.length);
  for (let round = 0; round < rounds; round++) {
    weights.fill(0);
    for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]!++;
    const scores = weightedScores(micrographs, sorted, weights);
    for (const name of INTERVAL_SCORES) drawn[name].push(scores[name]);
  }
  const ends = (values: readonly number[]): readonly [number, number] => [
    quantile(values, 0.025),
    quantile(values, 0.975),
  ];
  return {
    auprc: ends(drawn.auprc),
    precision: ends(drawn.precision),
    recall: ends(drawn.recall),
    f1: ends(drawn.f1),
  };
}

interface SortedOutcome {
  readonly score: number;
  readonly right: boolean;
  readonly micrograph: number;
}

const sortedOutcomes = (micrographs: readonly MatchedMicrograph[]): SortedOutcome[] =>
  micrographs
    .flatMap(({ all }, micrograph) => all.outcomes.map((outcome) => ({ ...outcome, micrograph })))
    .sort((a, b) => b.score - a.score);

/** The scores of poolScores where micrograph i stands there weights[i] times. */
function weightedScores(
  micrographs: readonly MatchedMicrograph[],
  sorted: readonly SortedOutcome[],
  weights: Float64Array,
): Record<IntervalScore, number> {
  let truth = 0;
  let kept = 0;
  let right = 0;
  micrographs.forEach((micrograph, i) => {
    truth += weights[i]! * micrograph.all.truth;
    kept += weights[i]! * micrograph.kept.outcomes.length;
    right += weights[i]! * micrograph.kept.outcomes.filter((outcome) => outcome.right).length;
  });
  const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return {
    auprc: weightedAuprc(sorted, weights, truth),
    precision: ratio(right, kept),
    recall: ratio(right, truth),
    f1: ratio(2 * right, kept + truth),
  };
}

function weightedAuprc(sorted: readonly SortedOutcome[], weights: Float64Array, truth: number): number {
  let count = 0;
  let right = 0;
  let recall = 0;
  let area = 0;
  sorted.forEach((outcome, i) => {
    count += weights[outcome.micrograph]!;
    if (outcome.right) right += weights[outcome.micrograph]!;
    // picks of equal score enter together
    if (sorted[i + 1]?.score === outcome.score || count === 0 || truth === 0) return;
    area += (right / count) * (right / truth - recall);
    recall = right / truth;
  });
  return area;
}
