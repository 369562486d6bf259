import type { Files, Workers } from "../core/ports.js";
import type { NoiseSeed } from "../translate/noise-seed.js";
import { type SamplerOptions, type StepData, sampleStep, type TrainingSet } from "../translate/sampler.js";
import { openTrainingSet, type TrainingInputs } from "./training-set.js";

/** What the task needs to make the data of any step of a training. */
interface TrainingData {
  /** Tells trainings of one process apart. */
  readonly id: number;
  readonly inputs: TrainingInputs;
  readonly noise: NoiseSeed;
  readonly options: SamplerOptions;
}

interface Opened {
  readonly id: number;
  readonly noise: NoiseSeed;
  readonly set: Promise<TrainingSet>;
}

/** Of the last training, so that a worker opens the set and reads each micrograph once. */
let opened: Opened | undefined;

/** Task "training-data": the crop of a step, as `sampleStep` makes it. */
export async function trainingDataTask(
  { step, part }: { readonly step: number; readonly part: number },
  { id, inputs, noise, options }: TrainingData,
  files: Files,
): Promise<StepData> {
  if (opened?.id !== id) opened = { id, noise, set: openTrainingSet(files, inputs).then(({ set }) => set) };
  return sampleStep(await opened.set, opened.noise, options, step, part);
}

let trainings = 0;

/** Makes the data of a step, all its crops, on workers. */
export function workerSampler(
  workers: Workers,
  data: Omit<TrainingData, "id">,
  signal: AbortSignal,
): (step: number, parts: number) => Promise<readonly StepData[]> {
  const shared: TrainingData = { ...data, id: ++trainings };
  return (step, parts) =>
    workers.map(
      "training-data",
      Array.from({ length: parts }, (_, part) => ({ step, part })),
      { signal, shared },
    );
}
