import { indexOfNonFinite } from "../../../array/statistics.js";
import { FileError, FormatError } from "../../../core/errors.js";
import type { Files } from "../../../core/ports.js";
import { inside } from "../../../dataset/layout.js";
import { readSafetensors, type Safetensor, writeSafetensors } from "../../../io/safetensors.js";
import { decodePicker, type PickerModel } from "../../../pick/model.js";
import { decodePoseModel, type PoseModel } from "../../../pose/model.js";
import type { NamedArrays } from "../../../train/named-arrays.js";
import { decodeModel, type Model } from "../../../translate/model.js";

/** What lies in a model's folder. Paths are relative to it. */
export const MODEL = {
  /** Which training it is: options and inputs. */
  training: "training.json",
  /** The finished translator. */
  model: "model.safetensors",
  /** Its generator alone, for other programs. */
  onnx: "generator.onnx",
  /** Everything needed to continue. */
  checkpoint: "checkpoint.safetensors",
  /** A step a line. */
  metrics: "metrics.jsonl",
  samples: "samples",
  /** Where the best generator is kept: a checkpoint a line, and until the training ends the best so far. */
  scores: "scores.jsonl",
  best: "best.safetensors",
} as const;

/** Picture of a training's samples after a step. */
export const samplePath = (step: number): string => `${MODEL.samples}/${String(step).padStart(6, "0")}.png`;

export async function writeArrays(
  files: Files,
  path: string,
  { tensors, metadata }: NamedArrays,
): Promise<void> {
  const entries = [...tensors].map(([name, tensor]): [string, Safetensor] => [
    name,
    { dtype: "F32", ...tensor },
  ]);
  await files.write(path, writeSafetensors(entries, metadata));
}

/** @throws FileError where there is none, FormatError for one that breaks the format, holds other types or values that are not finite */
export async function readArrays(files: Files, path: string): Promise<NamedArrays> {
  const { tensors, metadata } = readSafetensors(await files.read(path), path);
  const arrays = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, { dtype, shape, data }] of tensors) {
    if (!(data instanceof Float32Array)) throw new FormatError(path, `${name}, dtype`, dtype, "F32");
    const bad = indexOfNonFinite(data);
    if (bad >= 0) throw new FormatError(path, `${name}, number ${bad + 1}`, data[bad], "a finite number");
    arrays.set(name, { shape, data });
  }
  return { tensors: arrays, metadata };
}

/** Drops the lines of steps after `last` from a file of JSON lines, if there is one: they are about to be made again. */
export async function keepSteps(files: Files, path: string, last: number): Promise<void> {
  if (!(await files.exists(path))) return;
  const stepOf = (line: string): number =>
    Number(/^\{"step":(\d+)/.exec(line)?.[1] ?? Number.POSITIVE_INFINITY);
  const lines = new TextDecoder().decode(await files.read(path)).split("\n");
  const kept = lines.filter((line) => stepOf(line) <= last);
  // a last line without its end was cut off in the middle of writing
  if (kept.length + 1 < lines.length || lines.at(-1) !== "") {
    await files.write(path, kept.map((line) => `${line}\n`).join(""));
  }
}

/** The file of a model that is given as its folder or as the file itself. */
export const modelFile = (path: string): string =>
  path.endsWith(".safetensors") ? path : inside(path, MODEL.model);

/**
 * A trained translator, from the folder that `train` wrote or from a model file.
 *
 * @throws FileError where there is no model, with what to do about a training that was not finished
 */
export async function readModel(files: Files, path: string): Promise<Model> {
  const file = await finishedFile(files, path);
  return decodeModel(await readArrays(files, file), file);
}

/** A trained picker, from the folder that `pick train` wrote or from a model file; throws as `readModel`. */
export async function readPicker(files: Files, path: string): Promise<PickerModel> {
  const file = await finishedFile(files, path);
  return decodePicker(await readArrays(files, file), file);
}

/** A trained pose encoder, from the folder that `pose train` wrote or from a model file; throws as `readModel`. */
export async function readPoseModel(files: Files, path: string): Promise<PoseModel> {
  const file = await finishedFile(files, path);
  return decodePoseModel(await readArrays(files, file), file);
}

async function finishedFile(files: Files, path: string): Promise<string> {
  const file = modelFile(path);
  if (!(await files.exists(file)) && (await files.exists(inside(path, MODEL.training)))) {
    throw new FileError(path, "a training that is not finished", `${MODEL.model}: finish the training first`);
  }
  return file;
}
