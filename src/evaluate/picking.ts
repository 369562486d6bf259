import { inRange } from "../core/check.js";
import { matchPicks, type Point } from "./matching.js";

/** A pick with the score its picker gave it; higher is surer. */
export interface ScoredPick extends Point {
  readonly score: number;
}

/** One micrograph to score: what is there and what was picked, pixels. */
export interface PickedMicrograph {
  readonly truth: readonly Point[];
  readonly picks: readonly ScoredPick[];
  readonly shape: readonly [rows: number, columns: number];
}

export interface PickingOptions {
  /** A pick this near to a true position can be right; pixels. Half the particle's diameter unless stated. */
  readonly radius: number;
  /** Picks of at least this score count for precision, recall and F1; all picks when absent. */
  readonly threshold?: number;
  /**
   * Pixels along the edges in which neither misses nor false picks count, for labels that leave a margin. 0 when
   * absent. A pair counts where its true position lies.
   */
  readonly margin?: number;
}

export interface PickingScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Area under the precision-recall curve over all picks: the sum over k of Pr(k) (Re(k) - Re(k-1)). */
  readonly auprc: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Precision and recall of all picks down to each score, from the surest. */
  readonly curve: readonly { readonly score: number; readonly precision: number; readonly recall: number }[];
}

/**
 * Scores of a picker, pooled over micrographs: a Hungarian assignment of picks to truth within the radius in each.
 *
 * Precision, recall and F1 assign only the picks at or above the threshold; AUPRC and the curve assign all picks
 * once. Picks of equal score enter the curve together, so their order does not matter. 0 / 0 counts as 0.
 *
 * @throws DomainError for a radius that is not positive or a negative margin
 */
export function scorePicking(
  micrographs: readonly PickedMicrograph[],
  options: PickingOptions,
): PickingScores {
  inRange("radius", options.radius, "pixels", Number.MIN_VALUE, Number.MAX_VALUE);
  inRange("margin", options.margin ?? 0, "pixels", 0, Number.MAX_VALUE);
  const threshold = options.threshold ?? Number.NEGATIVE_INFINITY;
  const all = pool(micrographs, options, Number.NEGATIVE_INFINITY);
  const kept = threshold === Number.NEGATIVE_INFINITY ? all : pool(micrographs, options, threshold);
  const truePositives = kept.outcomes.filter((outcome) => outcome.right).length;
  const falsePositives = kept.outcomes.length - truePositives;
  const falseNegatives = kept.truth - truePositives;
  const curve = precisionRecallCurve(all.outcomes, all.truth);
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, kept.truth),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    auprc: averagePrecision(curve),
    truePositives,
    falsePositives,
    falseNegatives,
    curve,
  };
}

interface Outcome {
  readonly score: number;
  readonly right: boolean;
}

interface Pool {
  readonly outcomes: readonly Outcome[];
  /** True positions that count. */
  readonly truth: number;
}

/** Matches every micrograph and gathers what counts. */
function pool(micrographs: readonly PickedMicrograph[], options: PickingOptions, threshold: number): Pool {
  const outcomes: Outcome[] = [];
  let total = 0;
  for (const { truth, picks, shape } of micrographs) {
    const counts = ({ x, y }: Point): boolean => {
      const margin = options.margin ?? 0;
      return margin === 0 || (x >= margin && y >= margin && x < shape[1] - margin && y < shape[0] - margin);
    };
    const kept = picks.filter((pick) => pick.score >= threshold);
    const truthOf = matchPicks(truth, kept, options.radius);
    total += truth.filter(counts).length;
    kept.forEach((pick, i) => {
      const matched = truthOf[i]! >= 0;
      if (counts(matched ? truth[truthOf[i]!]! : pick)) outcomes.push({ score: pick.score, right: matched });
    });
  }
  return { outcomes, truth: total };
}

function precisionRecallCurve(outcomes: readonly Outcome[], truth: number): PickingScores["curve"] {
  const sorted = [...outcomes].sort((a, b) => b.score - a.score);
  const curve: { score: number; precision: number; recall: number }[] = [];
  let right = 0;
  sorted.forEach((outcome, i) => {
    if (outcome.right) right++;
    if (sorted[i + 1]?.score === outcome.score) return;
    curve.push({ score: outcome.score, precision: right / (i + 1), recall: ratio(right, truth) });
  });
  return curve;
}

const averagePrecision = (curve: PickingScores["curve"]): number =>
  curve.reduce(
    (sum, { precision, recall }, k) => sum + precision * (recall - (curve[k - 1]?.recall ?? 0)),
    0,
  );

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
