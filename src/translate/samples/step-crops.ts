import type { TrainingMachine } from "../../train/loop.js";
import type { NoiseField } from "../noise/field.js";
import { type SamplerOptions, type StepData, sampleStep, type TrainingSet } from "./sampler.js";

/** What crops are drawn from. */
export interface CropSource {
  readonly set: TrainingSet;
  readonly noise: NoiseField;
  readonly options: SamplerOptions;
}

/** Makes so many crops of a step. */
export type CropMaker = (step: number, crops: number) => Promise<readonly StepData[]>;

/** What a translator is trained on. */
export interface TranslatorMachine<DeviceTensor> extends TrainingMachine<DeviceTensor> {
  /** Makes the crops of a step on other threads, as `sampleCrops` would: those of the next step while one is computed. */
  readonly makeCrops?: CropMaker;
}

/** The crops of a step, each drawn from a stream of its own. */
export async function sampleCrops(
  { set, noise, options }: CropSource,
  step: number,
  crops: number,
): Promise<readonly StepData[]> {
  const made: StepData[] = [];
  for (let part = 0; part < crops; part++) made.push(await sampleStep(set, noise, options, step, part));
  return made;
}

/**
 * The crops of one step after the other.
 *
 * @returns nothing once the training was interrupted, where crops are made on other threads
 */
export function cropsOfSteps<DeviceTensor>(
  { makeCrops, signal }: TranslatorMachine<DeviceTensor>,
  source: CropSource,
  { steps, accumulate }: { readonly steps: number; readonly accumulate: number },
): (step: number) => Promise<readonly StepData[] | undefined> {
  if (!makeCrops) return (step) => sampleCrops(source, step, accumulate);
  let ahead: ReturnType<CropMaker> | undefined;
  return async (step) => {
    try {
      const crops = await (ahead ?? makeCrops(step, accumulate));
      ahead = step < steps ? makeCrops(step + 1, accumulate) : undefined;
      // met when it is awaited, or not at all
      ahead?.catch(() => {});
      return crops;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  };
}
