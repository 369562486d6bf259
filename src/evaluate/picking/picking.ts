import { inRange } from "../../core/check.js";
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
  /** Places of which nobody knows what is there: a false pick at one counts neither way. */
  readonly unsure?: readonly Point[];
}

/** When a pick counts as right, and which picks count. */
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

/** Scores of picks against true positions, over all micrographs together. */
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
 * Picks without a true position are then assigned to the unsure places farther than the radius from every true one, and
 * those that meet one are left out: each place excuses one pick, and none of a particle that is picked already.
 *
 * @throws DomainError for a radius that is not positive or a negative margin
 */
export function scorePicking(
  micrographs: readonly PickedMicrograph[],
  options: PickingOptions,
): PickingScores {
  return poolScores(micrographs.map((micrograph) => matchMicrograph(micrograph, options)));
}

interface Outcome {
  readonly score: number;
  readonly right: boolean;
}

/** The outcomes of some of a micrograph's picks. */
interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** True positions that count. */
  readonly truth: number;
}

/** A micrograph matched once, to be pooled with others in any selection. */
export interface MatchedMicrograph {
  readonly all: Outcomes;
  /** Of the picks at or above the threshold. */
  readonly kept: Outcomes;
}

/**
 * Matches the picks of one micrograph: what scorePicking does with each.
 *
 * @throws DomainError for a radius that is not positive or a negative margin
 */
export function matchMicrograph(micrograph: PickedMicrograph, options: PickingOptions): MatchedMicrograph {
  inRange("radius", options.radius, "pixels", Number.MIN_VALUE, Number.MAX_VALUE);
  inRange("margin", options.margin ?? 0, "pixels", 0, Number.MAX_VALUE);
  const threshold = options.threshold ?? Number.NEGATIVE_INFINITY;
  const all = outcomesOf(micrograph, options, Number.NEGATIVE_INFINITY);
  const isThresholded = micrograph.picks.some(({ score }) => score < threshold);
  return { all, kept: isThresholded ? outcomesOf(micrograph, options, threshold) : all };
}

/** Scores of matched micrographs taken together; one that stands there twice counts twice. */
export function poolScores(micrographs: readonly MatchedMicrograph[]): PickingScores {
  const all = micrographs.flatMap(({ all: { outcomes } }) => outcomes);
  const kept = micrographs.flatMap(({ kept: { outcomes } }) => outcomes);
  const truth = micrographs.reduce((sum, { all: { truth } }) => sum + truth, 0);
  const truePositives = kept.filter((outcome) => outcome.right).length;
  const falsePositives = kept.length - truePositives;
  const falseNegatives = truth - truePositives;
  const curve = precisionRecallCurve(all, truth);
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truth),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    auprc: averagePrecision(curve),
    truePositives,
    falsePositives,
    falseNegatives,
    curve,
  };
}

function outcomesOf(
  { truth, picks, shape, unsure = [] }: PickedMicrograph,
  options: PickingOptions,
  threshold: number,
): Outcomes {
  const margin = options.margin ?? 0;
  const counts = ({ x, y }: Point): boolean =>
    margin === 0 || (x >= margin && y >= margin && x < shape[1] - margin && y < shape[0] - margin);
  const kept = picks.filter((pick) => pick.score >= threshold);
  const truthOf = matchPicks(truth, kept, options.radius);
  const isExcused = excusedPicks({ truth, unsure }, kept, truthOf, options.radius);
  const outcomes: Outcome[] = [];
  kept.forEach((pick, i) => {
    if (isExcused[i]) return;
    const matched = truthOf[i]! >= 0;
    if (counts(matched ? truth[truthOf[i]!]! : pick)) outcomes.push({ score: pick.score, right: matched });
  });
  return { outcomes, truth: truth.filter(counts).length };
}

/** Which picks count neither way: those without truth that lie at an unsure place. @param truthOf of each pick, -1 for none */
function excusedPicks(
  { truth, unsure }: { readonly truth: readonly Point[]; readonly unsure: readonly Point[] },
  picks: readonly Point[],
  truthOf: ArrayLike<number>,
  radius: number,
): boolean[] {
  const isExcused = picks.map(() => false);
  const isNear = (a: Point, b: Point): boolean => Math.hypot(a.x - b.x, a.y - b.y) <= radius;
  const open = unsure.filter((place) => !truth.some((each) => isNear(place, each)));
  const rest = picks.flatMap((_, i) => (truthOf[i]! < 0 ? [i] : []));
  const places = matchPicks(
    open,
    rest.map((i) => picks[i]!),
    radius,
  );
  rest.forEach((i, k) => {
    isExcused[i] = places[k]! >= 0;
  });
  return isExcused;
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
