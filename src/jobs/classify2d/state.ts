import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readMrc } from "../../io/mrc/read.js";
import { writeMrc } from "../../io/mrc/write.js";

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

export const ITERATIONS = "iterations";
const STATE = "state.json";
const AVERAGES = "classes.mrcs";
const pathOf = (dir: string, iteration: number, name: string): string =>
  inside(dir, `${ITERATIONS}/${String(iteration).padStart(3, "0")}/${name}`);

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
  await files.write(pathOf(dir, state.iteration, AVERAGES), stackOf(averages, box, pixelSize));
  const text = JSON.stringify({ identity, ...rest, noise: noise.map((each) => [...each]) });
  await files.write(pathOf(dir, state.iteration, STATE), `${text}\n`);
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
  const folder = inside(dir, ITERATIONS);
  const names = (await files.exists(folder)) ? await files.list(folder) : [];
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  for (const iteration of numbers.sort((a, b) => b - a)) {
    const path = pathOf(dir, iteration, STATE);
    if (!(await files.exists(path))) continue;
    const { identity: found, noise, ...rest } = parseRecord(await files.read(path), path);
    if (found !== identity) {
      throw new UsageError(
        `${dir}: found a classification with other inputs or options, expected the same to continue, or another folder`,
      );
    }
    const stack = pathOf(dir, iteration, AVERAGES);
    const { data, shape } = readMrc(await files.read(stack), stack);
    const size = shape[1] * shape[2];
    return {
      ...rest,
      averages: Array.from({ length: shape[0] }, (_, i) => data.slice(i * size, (i + 1) * size)),
      noise: noise.map((each) => Float64Array.from(each)),
    };
  }
  return undefined;
}

type StateRecord = Omit<ClassState, "averages" | "noise"> & {
  readonly identity: string;
  readonly noise: readonly (readonly number[])[];
};

function parseRecord(bytes: Uint8Array, path: string): StateRecord {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as StateRecord;
  } catch {
    throw new FormatError(path, "text", text.slice(0, 40), "the state of a classification");
  }
}
