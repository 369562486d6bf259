import { FormatError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readSafetensors, type Safetensor, writeSafetensors } from "../../io/safetensors.js";
import type { ReconstructionGrid } from "../../reconstruct/grid.js";
import type { FourierSums } from "../../reconstruct/sums.js";

/** The figures of a step: a line of steps.jsonl. */
export interface StepFigures {
  readonly step: number;
  /** Angstrom: up to where images were compared. */
  readonly comparedTo: number;
  /** Mean over the batch of the probability of the likeliest pose. */
  readonly confidence: number;
  /** Share of the batch of each model. */
  readonly shares: readonly number[];
}

/** All that the next step needs beside the inputs. */
export interface ModelState {
  readonly step: number;
  /** Of each model, over the batches so far. */
  readonly sums: readonly FourierSums[];
  /** Of each optics group: power at each ring of the small images. */
  readonly noise: readonly Float64Array[];
  readonly history: readonly StepFigures[];
}

export const STATE_FILE = "state.safetensors";

/** Writes the state in one file, which is there whole or not at all. */
export async function saveState(
  files: Files,
  dir: string,
  identity: string,
  { sums, noise, step, history }: ModelState,
): Promise<void> {
  const tensor = (data: Float32Array): Safetensor => ({ dtype: "F32", shape: [data.length], data });
  const tensors = sums.flatMap(({ data, weight }, k) => [
    [`data.${k}`, tensor(data)] as const,
    [`weight.${k}`, tensor(weight)] as const,
  ]);
  const state = JSON.stringify({ step, history, noise: noise.map((each) => [...each]) });
  await files.write(inside(dir, STATE_FILE), writeSafetensors(tensors, { identity, state }));
}

/**
 * The state that an earlier run left.
 *
 * @throws UsageError for one of other inputs or options; FormatError for a state that cannot be read
 */
export async function readState(
  files: Files,
  dir: string,
  identity: string,
  grid: ReconstructionGrid,
): Promise<ModelState | undefined> {
  const path = inside(dir, STATE_FILE);
  if (!(await files.exists(path))) return undefined;
  const { tensors, metadata } = readSafetensors(await files.read(path), path);
  if (metadata["identity"] !== identity) {
    throw new UsageError(
      `${dir}: found initial models of other inputs or options, expected the same to continue, or another folder`,
    );
  }
  const { noise, ...rest } = JSON.parse(metadata["state"] ?? "") as Omit<ModelState, "sums" | "noise"> & {
    readonly noise: readonly (readonly number[])[];
  };
  const tensor = (name: string): Float32Array => {
    const found = tensors.get(name)?.data;
    if (found instanceof Float32Array) return found;
    throw new FormatError(path, "tensors", [...tensors.keys()], `one of floats named ${name}`);
  };
  const count = [...tensors.keys()].filter((name) => name.startsWith("data.")).length;
  return {
    ...rest,
    noise: noise.map((each) => Float64Array.from(each)),
    sums: Array.from({ length: count }, (_, k) => ({
      ...{ grid, data: tensor(`data.${k}`), weight: tensor(`weight.${k}`) },
    })),
  };
}
