import { z } from "zod";
import { readModelRecord } from "../train/model-record.js";
import { flatArrays, type NamedArrays, parametersOf } from "../train/named-arrays.js";
import type { TrainingState } from "../train/state.js";
import { pickerOptions } from "./options.js";

/** What a picker is, beside its weights. */
const pickerRecord = z.object({
  format: z.literal("cryogem-picker"),
  formatVersion: z.literal(1),
  program: z.string(),
  /** Of the particles it learned from, angstrom: images are rescaled to `workingDiameter` pixels across one. */
  particleDiameter: z.number().positive(),
  /** Steps trained. */
  step: z.int().min(0),
  options: pickerOptions,
  /** On labelled micrographs kept out of training: the score that gave the best F1, and what was reached. */
  validation: z
    .object({
      micrographs: z.int().min(1),
      threshold: z.number(),
      precision: z.number(),
      recall: z.number(),
      f1: z.number(),
      auprc: z.number(),
    })
    .optional(),
});

export type PickerRecord = Omit<z.infer<typeof pickerRecord>, "format" | "formatVersion">;

/** A picker as it is stored; a checkpoint's `parameters` are all of a training's state. */
export interface PickerModel {
  readonly record: PickerRecord;
  readonly parameters: TrainingState;
}

/** The file of a picker; parameters are flat, since the options decide their shapes. */
export function encodePicker({ record, parameters }: PickerModel): NamedArrays {
  const described: z.infer<typeof pickerRecord> = { format: "cryogem-picker", formatVersion: 1, ...record };
  return {
    tensors: flatArrays(parameters),
    metadata: { cryogem: JSON.stringify(described) },
  };
}

/**
 * The picker that a model file holds.
 *
 * @param path of the file, for messages
 * @throws FormatError, naming the file and the field; for a model of another job or version it says which it is
 */
export function decodePicker({ tensors, metadata }: NamedArrays, path: string): PickerModel {
  const kind = { format: "cryogem-picker", formatVersion: 1, writer: "pick train" };
  const { format: _, formatVersion: __, ...record } = readModelRecord(metadata, kind, pickerRecord, path);
  return { record, parameters: parametersOf(tensors) };
}
