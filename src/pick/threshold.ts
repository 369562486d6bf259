import { otsuSplit } from "../array/otsu.js";
import { quantile } from "../array/statistics.js";

/** A threshold told from scores alone. */
export interface ChosenThreshold {
  /** Picks of at least this score are taken for particles. */
  readonly threshold: number;
  /** Distance of the two groups' means over the root mean square of their deviations (Ashman's D); NaN where there are not two. */
  readonly separation: number;
  /** Whether the scores fall into two groups: otherwise the threshold is a guess. */
  readonly isClear: boolean;
}

/** Fewer scores tell nothing. */
const LEAST_SCORES = 20;
/** Share of the scores at either end that is moved in: a few enormous ones must not become a group. */
const CLIPPED = 0.01;
/** Separation from which scores are taken to fall into two groups; two halves of one normal distribution reach 2.7. */
const CLEAR = 3;
const ROUNDS = 500;

/**
 * The score that separates particles from background among the peaks of many micrographs, without labels.
 *
 * Peaks of noise crowd at low scores and particles at higher ones: two normal distributions of their own width are fitted by
 * expectation maximisation, starting from Otsu's split; the threshold is where a peak is as likely to belong to either.
 * Where the two do not stand apart, Otsu's split is returned and `isClear` is false; of fewer than 20 scores the lowest.
 *
 * Source of the separation: Ashman, Bird & Zepf 1994, Astron. J., arXiv astro-ph/9408030.
 */
export function chooseThreshold(scores: ArrayLike<number>): ChosenThreshold {
  const lowest = scores.length > 0 ? quantile(scores, 0) : 0;
  if (scores.length < LEAST_SCORES) return { threshold: lowest, separation: Number.NaN, isClear: false };
  const [low, high] = [quantile(scores, CLIPPED), quantile(scores, 1 - CLIPPED)];
  if (!(high > low)) return { threshold: lowest, separation: Number.NaN, isClear: false };
  const values = Float64Array.from(scores, (score) => Math.min(high, Math.max(low, score))).sort();
  const upper = otsuSplit(values);
  const split = (values[upper - 1]! + values[upper]!) / 2;
  const groups = fitGroups(values, split, (0.02 * (high - low)) ** 2);
  const separation = groups ? separationOf(groups) : Number.NaN;
  if (!groups || !(separation >= CLEAR)) return { threshold: split, separation, isClear: false };
  return { threshold: crossing(groups), separation, isClear: true };
}

interface Group {
  readonly weight: number;
  readonly mean: number;
  readonly variance: number;
}

type Groups = readonly [background: Group, particles: Group];

/** Logarithm of weight times normal density, but for a constant. */
const logDensity = ({ weight, mean, variance }: Group, value: number): number =>
  Math.log(weight) - 0.5 * Math.log(variance) - (value - mean) ** 2 / (2 * variance);

/** Two normal distributions by expectation maximisation; undefined where one of them runs empty. */
function fitGroups(values: Float64Array, split: number, leastVariance: number): Groups | undefined {
  const shares = values.map((value) => (value >= split ? 1 : 0));
  let groups: Groups | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const background = groupOf(values, (i) => 1 - shares[i]!, leastVariance);
    const particles = groupOf(values, (i) => shares[i]!, leastVariance);
    if (!background || !particles) return undefined;
    groups = [background, particles];
    let moved = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const share = 1 / (1 + Math.exp(logDensity(background, value) - logDensity(particles, value)));
      moved = Math.max(moved, Math.abs(share - shares[i]!));
      shares[i] = share;
    }
    if (moved < 1e-6) break;
  }
  return groups;
}

function groupOf(
  values: Float64Array,
  share: (index: number) => number,
  leastVariance: number,
): Group | undefined {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    total += share(i);
    sum += share(i) * values[i]!;
  }
  // with less than one score a group does not exist
  if (!(total >= 1)) return undefined;
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += share(i) * (values[i]! - mean) ** 2;
  return { weight: total / values.length, mean, variance: Math.max(leastVariance, squares / total) };
}

const separationOf = ([a, b]: Groups): number => (b.mean - a.mean) / Math.sqrt((a.variance + b.variance) / 2);

/** Where the two densities meet between their means, by bisection. */
function crossing([background, particles]: Groups): number {
  let low = background.mean;
  let high = particles.mean;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (logDensity(particles, middle) > logDensity(background, middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
