import type { ClassSums } from "../../reconstruct/classify/class-model.js";
import {
  addPlaneSums,
  averageOf,
  completed,
  type PlaneSums,
  signalOf,
} from "../../reconstruct/classify/plane-sums.js";

/** The averages that the sums of a classification make. */
export interface ClassAverages {
  /** Box x box of each class. */
  readonly averages: readonly Float32Array[];
  /** Of each class, at each ring. */
  readonly signalToNoise: readonly Float64Array[];
  /** Of each class the averages of its halves, made when asked for. */
  readonly halves: (k: number) => readonly [Float32Array, Float32Array];
}

/** @param limit ring up to which averages are made */
export function averagesOf({ planes }: ClassSums, limit: number): ClassAverages {
  const classes = planes.map((halves) => {
    const [first, second] = halves.map(completed) as unknown as readonly [PlaneSums, PlaneSums];
    const { power, signalToNoise } = signalOf([first, second]);
    const within = power.map((value, ring) => (ring <= limit ? value : 0));
    const of = (sums: PlaneSums): Float32Array => averageOf(sums, within).data;
    const halvesOf = (): readonly [Float32Array, Float32Array] => [of(first), of(second)];
    const whole = { ...first, data: first.data.slice(), weight: first.weight.slice() };
    addPlaneSums(whole, second);
    return { average: of(whole), signalToNoise, halvesOf };
  });
  return {
    averages: classes.map(({ average }) => average),
    signalToNoise: classes.map((each) => each.signalToNoise),
    halves: (k) => classes[k]!.halvesOf(),
  };
}

/** Share of a class's even part of all images below which the class counts as empty. */
const EMPTY = 0.1;
/** Even a small set's class is empty below so many images. */
const FEWEST = 2;
/** A class is split only if it has so many times what an empty one has. */
const LARGE = 4;

/**
 * The averages for the next search: each empty class gets the average of one half of a large class, which keeps that of the other. From
 * there the two part along whatever its images differ in most. Without this, averages that begin alike end in a few classes.
 *
 * @param members of each class: the sum over images of its probability
 */
export function withSplit(
  { averages, halves }: ClassAverages,
  members: ArrayLike<number>,
): readonly Float32Array[] {
  const classes = averages.map((_, k) => k).sort((a, b) => members[b]! - members[a]! || a - b);
  const total = classes.reduce((sum, k) => sum + members[k]!, 0);
  const few = Math.max(FEWEST, (EMPTY * total) / averages.length);
  const next = [...averages];
  for (const [place, large] of classes.entries()) {
    const empty = classes[classes.length - 1 - place]!;
    if (members[empty]! >= few || members[large]! < LARGE * few) break;
    [next[large], next[empty]] = halves(large);
  }
  return next;
}

/**
 * The last ring before the signal first falls below the noise, as relion_refine tells the resolution of a class (rlnEstimatedResolution).
 * One ring is enough: `signalOf` smooths the ratio over three.
 */
export function lastShell(signalToNoise: Float64Array): number {
  const end = signalToNoise.findIndex((ratio, ring) => ring > 0 && ratio < 1);
  return (end < 0 ? signalToNoise.length : end) - 1;
}
