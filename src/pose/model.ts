import { z } from "zod";
import { readModelRecord } from "../train/model-record.js";
import { flatArrays, type NamedArrays, parametersOf } from "../train/named-arrays.js";
import type { TrainingState } from "../train/state.js";
import { poseOptions } from "./options.js";

/** What a pose encoder is, beside its weights. */
const poseRecord = z.object({
  format: z.literal("cryogem-pose"),
  formatVersion: z.literal(1),
  program: z.string(),
  /** Angstrom, of the images as the network sees them. */
  workingPixel: z.number().positive(),
  /** Steps trained. */
  step: z.int().min(0),
  options: poseOptions,
  /** What images are filtered by at each ring, see `RingFilter`. */
  filter: z.array(z.number()).default([]),
  /**
   * On particles kept out of training: medians of the angle, degrees, and of the shift, angstrom; and degrees within
   * which nine of ten particles have one of four likeliest orientations.
   */
  validation: z
    .object({ particles: z.int().min(1), angle: z.number(), shift: z.number(), reach: z.number().optional() })
    .optional(),
});

export type PoseRecord = Omit<z.infer<typeof poseRecord>, "format" | "formatVersion">;

/** An encoder as it is stored; a checkpoint's `parameters` are all of a training's state. */
export interface PoseModel {
  readonly record: PoseRecord;
  readonly parameters: TrainingState;
}

/** The file of an encoder; parameters are flat, since the options decide their shapes. */
export function encodePoseModel({ record, parameters }: PoseModel): NamedArrays {
  const described: z.infer<typeof poseRecord> = { format: "cryogem-pose", formatVersion: 1, ...record };
  return { tensors: flatArrays(parameters), metadata: { cryogem: JSON.stringify(described) } };
}

/** @throws FormatError, naming the file and the field; for a model of another job or version it says which it is */
export function decodePoseModel({ tensors, metadata }: NamedArrays, path: string): PoseModel {
  const kind = { format: "cryogem-pose", formatVersion: 1, writer: "pose train" };
  const { format: _, formatVersion: __, ...record } = readModelRecord(metadata, kind, poseRecord, path);
  return { record, parameters: parametersOf(tensors) };
}
