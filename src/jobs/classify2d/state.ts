import type { Files } from "../../core/ports.js";
import { readMrc } from "../../io/mrc/read.js";
import { writeMrc } from "../../io/mrc/write.js";
import { iterationPath, readLastIteration, writeIterationState } from "../shared/iterations.js";

/** What an iteration found of a particle. */
export interface ClassPose {
  /** From 0. */
  readonly class: number;
  /** Degrees. */
  readonly psi: number;
  /** Pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
  /** Probability of the likeliest class, angle and shift. */
  readonly confidence: number;
  readonly significant: number;
  readonly evidence: number;
}

/** The figures of an iteration: a line of iterations.jsonl. */
export interface ClassFigures {
  readonly iteration: number;
  /** Angstrom: up to where images were compared. */
  readonly comparedTo: number;
  /** Angstrom: of the class with the finest detail; null where none has any. */
  readonly finest: number | null;
  /** Share of the particles that changed their class. Null in the first iteration. */
  readonly changed: number | null;
  /** Classes that are the likeliest of at least one particle. */
  readonly classes: number;
  /** Mean over particles of the probability of the likeliest class, angle and shift. */
  readonly confidence: number;
}

/** All that the next iteration needs beside the inputs. */
export interface ClassState {
  readonly iteration: number;
  /** Frequency steps of the box up to which the next iteration compares. */
  readonly limit: number;
  /** Box x box of each class, filtered. */
  readonly averages: readonly Float32Array[];
  /** Angstrom; null where a class has no detail. */
  readonly resolutions: readonly (number | null)[];
  /** Of each optics group: power at each ring. */
  readonly noise: readonly Float64Array[];
  /** Pixels. */
  readonly shiftDeviation: number;
  /** Absent before the first iteration. */
  readonly poses?: readonly ClassPose[];
  readonly history: readonly ClassFigures[];
  readonly hasConverged: boolean;
}

const AVERAGES = "classes.mrcs";

/** A stack of averages as a file. */
export function stackOf(averages: readonly Float32Array[], box: number, voxelSize: number): Uint8Array {
  const data = new Float32Array(averages.length * box * box);
  for (const [i, average] of averages.entries()) data.set(average, i * box * box);
  return writeMrc({ data, shape: [averages.length, box, box], voxelSize, kind: "stack" });
}

/** Writes an iteration, its state last: where that is, the iteration is whole. */
export async function saveState(
  files: Files,
  dir: string,
  identity: string,
  { box, pixelSize }: { readonly box: number; readonly pixelSize: number },
  state: ClassState,
): Promise<void> {
  const { averages, noise, ...rest } = state;
  const path = iterationPath(dir, state.iteration, AVERAGES);
  await files.write(path, stackOf(averages, box, pixelSize));
  await writeIterationState(files, dir, identity, { ...rest, noise: noise.map((each) => [...each]) });
}

/**
 * The last whole iteration of a folder.
 *
 * @throws UsageError for one of other inputs or options; FormatError for a state that cannot be read
 */
export async function readState(
  files: Files,
  dir: string,
  identity: string,
): Promise<ClassState | undefined> {
  const last = await readLastIteration<StateRecord>(files, dir, { holds: "a classification", identity });
  if (!last) return undefined;
  const { noise, ...rest } = last.state;
  const stack = iterationPath(dir, rest.iteration, AVERAGES);
  const { data, shape } = readMrc(await files.read(stack), stack);
  const size = shape[1] * shape[2];
  return {
    ...rest,
    averages: Array.from({ length: shape[0] }, (_, i) => data.slice(i * size, (i + 1) * size)),
    noise: noise.map((each) => Float64Array.from(each)),
  };
}

/** A state as JSON has it. */
type StateRecord = Omit<ClassState, "averages" | "noise"> & {
  readonly noise: readonly (readonly number[])[];
};
