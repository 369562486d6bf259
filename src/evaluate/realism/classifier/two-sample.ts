import type { Image } from "../../../array/image.js";
import { DomainError } from "../../../core/errors.js";
import { Random } from "../../../core/random.js";
import type { TrainingMachine } from "../../../train/loop.js";
import { type PatchPlace, type Split, splitMicrographs, tiledPlaces } from "./patches.js";
import { type ClassifierOptions, classifyPatches, trainClassifier } from "./train.js";

/** A prepared micrograph with the name that results give it. */
export interface NamedImage {
  readonly name: string;
  readonly image: Image;
}

/** A patch of the test and how sure the classifier is that it is a candidate's, log-odds. */
export interface JudgedPatch extends PatchPlace {
  readonly logOdds: number;
}

/** One fresh classifier, tested on micrographs that it never saw. */
export interface TwoSampleTest {
  readonly seed: number;
  /** Share of patches told right, real and candidate with equal weight; 0.5 is chance. */
  readonly accuracy: number;
  /** Probability that a candidate's patch gets more than a real one's; 0.5 is chance. */
  readonly auc: number;
  readonly real: Judged;
  readonly candidate: Judged;
}

interface Judged {
  readonly micrographs: readonly NamedImage[];
  readonly patches: readonly JudgedPatch[];
}

/** Micrographs of each side below which none is left to test on. */
const LEAST_MICROGRAPHS = 2;

/**
 * Classifier two-sample test (Lopez-Paz & Oquab 2017, ICLR): a network learns to tell two sets of micrographs apart on one half of
 * each, and is tested on the other half. Split by micrograph, or it would recognise micrographs and not sets.
 *
 * @throws DomainError for fewer than two micrographs on a side, or micrographs smaller than a patch
 */
export async function twoSampleTest<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  real: readonly NamedImage[],
  candidate: readonly NamedImage[],
  options: ClassifierOptions,
  seed: number,
): Promise<TwoSampleTest> {
  const [ours, theirs] = [halves(real, "real", options, seed), halves(candidate, "candidate", options, seed)];
  const images = (named: readonly NamedImage[]): readonly Image[] => named.map(({ image }) => image);
  const sides = { real: images(ours.train), candidate: images(theirs.train) };
  const weights = await trainClassifier(machine, sides, options, seed);
  const judge = async (micrographs: readonly NamedImage[]): Promise<Judged> => {
    const places = tiledPlaces(
      micrographs.map(({ image }) => image.shape),
      options.patch,
    );
    const logOdds = await classifyPatches(machine, weights, images(micrographs), places, options.patch);
    return { micrographs, patches: places.map((place, i) => ({ ...place, logOdds: logOdds[i]! })) };
  };
  const [a, b] = [await judge(ours.test), await judge(theirs.test)];
  const scores = (judged: Judged): number[] => judged.patches.map(({ logOdds }) => logOdds);
  return { seed, ...separation(scores(a), scores(b)), real: a, candidate: b };
}

function halves(
  micrographs: readonly NamedImage[],
  side: string,
  { patch }: ClassifierOptions,
  seed: number,
): Split<NamedImage> {
  if (micrographs.length < LEAST_MICROGRAPHS) {
    throw new DomainError(`${side} micrographs`, micrographs.length, `${LEAST_MICROGRAPHS} or more`);
  }
  for (const { name, image } of micrographs) {
    if (Math.min(...image.shape) < patch) {
      throw new DomainError(`${name}: shorter side`, Math.min(...image.shape), `a patch of ${patch} pixels`);
    }
  }
  return splitMicrographs(micrographs, Random.of(seed, "realism classifier", "split", side));
}

/** How well scores tell two sets apart: those of the second should be above 0 and above the first's. */
export function separation(
  first: readonly number[],
  second: readonly number[],
): { readonly accuracy: number; readonly auc: number } {
  const share = (scores: readonly number[], right: (score: number) => boolean): number =>
    scores.filter(right).length / scores.length;
  const accuracy = (share(first, (score) => score <= 0) + share(second, (score) => score > 0)) / 2;
  // by Mann and Whitney, from the mean rank of the second set among all; equal scores share the middle of their ranks
  const all = [...first.map((score) => ({ score, of: 0 })), ...second.map((score) => ({ score, of: 1 }))];
  all.sort((a, b) => a.score - b.score);
  let ranks = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]!.score === all[start]!.score) end++;
    const tied = all.slice(start, end).filter(({ of }) => of === 1).length;
    ranks += tied * ((start + end + 1) / 2);
    start = end;
  }
  const auc = (ranks - (second.length * (second.length + 1)) / 2) / (first.length * second.length);
  return { accuracy, auc };
}
