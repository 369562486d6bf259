import type { RotationMatrix } from "../../core/rotation.js";
import { inverse, likeness, product, type Quaternion, quaternionOf } from "./quaternion.js";

/** Hands of a map: that of the truth, or its mirror image. */
type Hand = "same" | "opposite";

/** How the map of the estimated poses lies in the frame of the truth: its rotation, and its hand. */
export interface PoseAlignment {
  /** An estimate is compared with truth · turn. */
  readonly turn: Quaternion;
  readonly hand: Hand;
}

/**
 * A mirrored map gives the same images at the orientations diag(-1, -1, 1) A: the turn by 180 degrees about the beam. (V(-x) under
 * B is the sum over z of V(-B^T (x, y, z)), equal to that of V under A where -B^T = A^T diag(1, 1, -1).)
 */
export const MIRRORED: RotationMatrix = [-1, 0, 0, 0, -1, 0, 0, 0, 1];

/** Trial turns, and particles by which they are judged. */
const TRIALS = 300;
const JUDGED = 2000;
/** Steps of the median's iteration, and the sine of half an angle (0.05 degrees) below which an error weighs no more. */
const STEPS = 30;
const LEAST = 4e-4;
const DEGREES = 180 / Math.PI;

/** Angles of a particle's estimate and of its truth. */
export interface RotationPair {
  readonly estimate: RotationMatrix;
  readonly truth: RotationMatrix;
}

/**
 * The rotation of the map, and its hand, by which estimates come nearest to the truth: least mean of the angles, each the least over
 * the symmetry group. Turns that make single particles agree are tried (300 at most, judged by 2000 particles at most), the best is
 * improved by Weiszfeld's iteration towards the median. Nothing is drawn at random.
 */
export function alignPoses(
  pairs: readonly RotationPair[],
  operators: readonly RotationMatrix[],
): PoseAlignment {
  const group = operators.map(quaternionOf);
  const [same, opposite] = (["same", "opposite"] as const).map((hand) => {
    const relative = relativeTurns(pairs, hand);
    const judged = spread(relative, JUDGED);
    const turn = improved(bestTrial(spread(judged, TRIALS), judged, group), relative, group);
    return { turn, hand, error: meanAngle(turn, relative, group) };
  });
  const { turn, hand } = opposite!.error < same!.error ? opposite! : same!;
  return { turn, hand };
}

/** truth^-1 · estimate: one rotation for all particles where the estimates are right. */
export function relativeTurns(pairs: readonly RotationPair[], hand: Hand): Quaternion[] {
  const mirror = quaternionOf(MIRRORED);
  return pairs.map(({ estimate, truth }) => {
    const own = quaternionOf(estimate);
    return product(inverse(quaternionOf(truth)), hand === "same" ? own : product(mirror, own));
  });
}

/** The group's element that leaves the least angle between relative turns and s · turn, and that angle's |cosine| of its half. */
export function nearestOperator(
  relative: Quaternion,
  candidates: readonly Quaternion[],
): { readonly index: number; readonly likeness: number } {
  let [index, most] = [0, -1];
  for (const [i, candidate] of candidates.entries()) {
    const value = likeness(relative, candidate);
    if (value > most) [index, most] = [i, value];
  }
  return { index, likeness: most };
}

const angleOf = (likeness: number): number => 2 * Math.acos(Math.min(1, likeness)) * DEGREES;

function meanAngle(turn: Quaternion, relative: readonly Quaternion[], group: readonly Quaternion[]): number {
  const candidates = group.map((operator) => product(operator, turn));
  let sum = 0;
  for (const each of relative) sum += angleOf(nearestOperator(each, candidates).likeness);
  return sum / relative.length;
}

function bestTrial(
  trials: readonly Quaternion[],
  relative: readonly Quaternion[],
  group: readonly Quaternion[],
): Quaternion {
  let [best, least] = [trials[0]!, Number.POSITIVE_INFINITY];
  for (const trial of trials) {
    const error = meanAngle(trial, relative, group);
    if (error < least) [best, least] = [trial, error];
  }
  return best;
}

/** The step towards the median again and again, its result kept where the mean angle is less. */
function improved(
  start: Quaternion,
  relative: readonly Quaternion[],
  group: readonly Quaternion[],
): Quaternion {
  let best = start;
  let least = meanAngle(start, relative, group);
  let turn = start;
  for (let step = 0; step < STEPS; step++) {
    turn = towardsMedian(turn, relative, group);
    const error = meanAngle(turn, relative, group);
    if (error < least) [best, least] = [turn, error];
  }
  return best;
}

/**
 * Weiszfeld's step on the sphere of quaternions: the sum of the rotations, each on the side of the turn, with weights
 * 1 / sin(angle / 2), brought back to length 1. Where it stands still the gradient of the sum of angles is 0.
 */
function towardsMedian(
  turn: Quaternion,
  relative: readonly Quaternion[],
  group: readonly Quaternion[],
): Quaternion {
  const candidates = group.map((operator) => product(operator, turn));
  const sum: [number, number, number, number] = [0, 0, 0, 0];
  for (const each of relative) {
    const { index } = nearestOperator(each, candidates);
    const own = product(inverse(group[index]!), each);
    const cosine = own[0] * turn[0] + own[1] * turn[1] + own[2] * turn[2] + own[3] * turn[3];
    const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
    const weight = (cosine < 0 ? -1 : 1) / Math.max(LEAST, sine);
    for (let i = 0; i < 4; i++) sum[i]! += weight * own[i]!;
  }
  const length = Math.hypot(...sum);
  return [sum[0] / length, sum[1] / length, sum[2] / length, sum[3] / length];
}

/** At most so many, evenly out of all. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}
