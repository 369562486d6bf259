import type { NoiseField } from "../noise/field.js";
import { type SamplerOptions, type StepData, sampleStep, type TrainingSet } from "../samples/sampler.js";

/** What crops are drawn from. */
export interface CropSource {
  readonly set: TrainingSet;
  readonly noise: NoiseField;
  readonly options: SamplerOptions;
}

/** Makes so many crops of a step. */
export type CropMaker = (step: number, crops: number) => Promise<readonly StepData[]>;

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
 * Crops for one step after the other, made on other threads: those of the next step while one is computed.
 *
 * @returns nothing once the training was interrupted
 */
export function madeAhead(
  make: CropMaker,
  { steps, accumulate }: { readonly steps: number; readonly accumulate: number },
  signal: AbortSignal,
): (step: number) => Promise<readonly StepData[] | undefined> {
  let ahead: ReturnType<CropMaker> | undefined;
  return async (step) => {
    try {
      const crops = await (ahead ?? make(step, accumulate));
      ahead = step < steps ? make(step + 1, accumulate) : undefined;
      // met when it is awaited, or not at all
      ahead?.catch(() => {});
      return crops;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  };
}
