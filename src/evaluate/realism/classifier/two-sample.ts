import type { Image } from "../../../array/image.js";
import { quantile } from "../../../array/statistics.js";
import { DomainError } from "../../../core/errors.js";
import { Random } from "../../../core/random.js";
import type { TrainingMachine } from "../../../train/loop.js";
import { type PatchPlace, type Split, splitMicrographs, tiledPlaces } from "./patches.js";
import { type ClassifierOptions, classifyPatches, trainClassifier } from "./train.js";

/** A prepared micrograph with the name that results give it. */
export interface NamedImage {
  readonly name: string;
  readonly image: Image;
  /** 1 where no particle lies, of the image's shape; absent: not known. */
  readonly background?: Image;
}

/** A patch of the test and how sure the classifier is that it is a candidate's, log-odds. */
export interface JudgedPatch extends PatchPlace {
  readonly logOdds: number;
  /** Share of it that particles cover; absent: not known. */
  readonly covered?: number;
}

/** How well patches are told apart. */
export interface Separation {
  /** Share of patches told right, real and candidate with equal weight; 0.5 is chance. */
  readonly accuracy: number;
  /** Probability that a candidate's patch gets more than a real one's; 0.5 is chance. */
  readonly auc: number;
}

/** One fresh classifier, tested on micrographs that it never saw. */
export interface TwoSampleTest extends Separation {
  readonly seed: number;
  /**
   * The same of the patches that particles cover more than the median one of both sides, and of the others. Absent where masks are
   * not known, or a side has no patch of a kind.
   */
  readonly places?: { readonly particles: Separation; readonly background: Separation };
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
    const patches = places.map((place, i) => {
      const covered = coveredShare(micrographs[place.micrograph]!, place, options.patch);
      return { ...place, logOdds: logOdds[i]!, ...(covered !== undefined && { covered }) };
    });
    return { micrographs, patches };
  };
  const [a, b] = [await judge(ours.test), await judge(theirs.test)];
  const places = byPlace(a.patches, b.patches);
  return { seed, ...separationOf(a.patches, b.patches), ...(places && { places }), real: a, candidate: b };
}

/** Share of a patch that particles cover; undefined where it is not known. */
function coveredShare(
  { image: { shape }, background }: NamedImage,
  { left, top }: PatchPlace,
  side: number,
): number | undefined {
  if (!background) return undefined;
  let free = 0;
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) free += background.data[y * shape[1] + x]!;
  }
  return 1 - free / side ** 2;
}

/** How well patches of two sides are told apart on particles and between them. */
function byPlace(real: readonly JudgedPatch[], candidate: readonly JudgedPatch[]): TwoSampleTest["places"] {
  const shares = [...real, ...candidate].map(({ covered }) => covered);
  if (!shares.every((share) => share !== undefined)) return undefined;
  const middle = quantile(shares, 0.5);
  const kinds = [real, candidate].map((patches) => ({
    particles: patches.filter(({ covered }) => covered! > middle),
    background: patches.filter(({ covered }) => !(covered! > middle)),
  }));
  if (kinds.some(({ particles, background }) => particles.length === 0 || background.length === 0))
    return undefined;
  const [ours, theirs] = [kinds[0]!, kinds[1]!];
  return {
    particles: separationOf(ours.particles, theirs.particles),
    background: separationOf(ours.background, theirs.background),
  };
}

function separationOf(real: readonly JudgedPatch[], candidate: readonly JudgedPatch[]): Separation {
  const scores = (patches: readonly JudgedPatch[]): number[] => patches.map(({ logOdds }) => logOdds);
  return separation(scores(real), scores(candidate));
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
export function separation(first: readonly number[], second: readonly number[]): Separation {
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
