import { z } from "zod";
import { PICKER_MULTIPLE, PICKER_NETWORKS } from "../nn/picker.js";

/** Choices of a picker's training, as they stand in its model's record. */
export const pickerOptions = z.strictObject({
  network: z.enum(PICKER_NETWORKS),
  /** Channels of the first layer. */
  width: z.int().min(1).max(512),
  /** Pixels across a particle in the working image. */
  workingDiameter: z.number().min(8).max(64),
  /** Side of the square crops, working pixels. */
  crop: z.int().min(32).max(2048).multipleOf(PICKER_MULTIPLE),
  /** Crops a step. */
  batch: z.int().min(1).max(256),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  /** Decay a step of the moving average of the weights, which is what is kept. */
  average: z.number().min(0).max(0.9999),
  /** Whether crops are turned by any angle, resized, blurred, made noisier, and their contrast changed. */
  augment: z.boolean(),
  /** Share of crops that get a made-up contaminant, and share of crops drawn from negatives where there are any. */
  contaminants: z.number().min(0).max(1),
  negatives: z.number().min(0).max(1),
  /** Particles expected on a micrograph, labelled or not, if labels are incomplete: learns from positives and unlabelled ground. */
  expectedParticles: z.number().positive().nullable(),
  seed: z.number(),
});

export type PickerOptions = z.infer<typeof pickerOptions>;
