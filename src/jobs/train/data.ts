import type { Files, Workers } from "../../core/ports.js";
import type { NoiseField } from "../../translate/noise/field.js";
import type { SamplerOptions, StepData, TrainingSet } from "../../translate/samples/sampler.js";
import { type CropMaker, sampleCrops } from "../../translate/samples/step-crops.js";
import { openTrainingSet, type TrainingInputs } from "./set.js";

/** What the task needs to make the data of any step of a training. */
interface TrainingData {
  /** Tells trainings of one process apart. */
  readonly id: number;
  readonly inputs: TrainingInputs;
  readonly noise: NoiseField;
  readonly options: SamplerOptions;
}

interface Opened {
  readonly id: number;
  readonly noise: NoiseField;
  readonly set: Promise<TrainingSet>;
}

/** Of the last training, so that a worker opens the set and reads each micrograph once. */
let opened: Opened | undefined;

/** Task "training-data": the crops of a step, as `sampleCrops` makes them. */
export async function trainingDataTask(
  { step, crops }: { readonly step: number; readonly crops: number },
  { id, inputs, noise, options }: TrainingData,
  files: Files,
): Promise<readonly StepData[]> {
  if (opened?.id !== id) opened = { id, noise, set: openTrainingSet(files, inputs).then(({ set }) => set) };
  return sampleCrops({ set: await opened.set, noise: opened.noise, options }, step, crops);
}

let trainings = 0;

/** Makes the data of a step, all its crops, on workers. */
export function workerSampler(
  workers: Workers,
  data: Omit<TrainingData, "id">,
  signal: AbortSignal,
): CropMaker {
  const shared: TrainingData = { ...data, id: ++trainings };
  return async (step, crops) => {
    const [made] = await workers.map("training-data", [{ step, crops }], { signal, shared });
    return made!;
  };
}
