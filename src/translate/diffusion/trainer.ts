import type { HostTensor } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { embedTime } from "../../nn/denoiser.js";
import { adamFeeds } from "../../train/adam.js";
import { averagedParameters, averageFeeds } from "../../train/average.js";
import { floatTensor } from "../../train/feeds.js";
import { type Resumption, runTraining, type TrainingListener } from "../../train/loop.js";
import { firstState, type TrainingState } from "../../train/state.js";
import type { NoiseField } from "../noise/field.js";
import type { StepData, TrainingSet } from "../samples/sampler.js";
import { cropsOfSteps, type TranslatorMachine } from "../samples/step-crops.js";
import type { DiffusionOptions } from "./options.js";
import { imageShare, TIMES } from "./schedule.js";
import { DIFFUSION_MODELS, diffusionStep } from "./step.js";

export interface DiffusionPlan {
  readonly options: DiffusionOptions;
  readonly noise: NoiseField;
  /** Steps between checkpoints. */
  readonly every: number;
}

/** Mean square errors start at 1, where the networks tell no noise at all. */
const LOSS_BOUNDS = { source: 100, target: 100 };

/**
 * Trains both models of CycleDiffusion from the seed, or from where an earlier run stopped, as `runTraining` does.
 *
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainDiffusion<DeviceTensor>(
  machine: TranslatorMachine<DeviceTensor>,
  set: TrainingSet,
  { options, noise, every }: DiffusionPlan,
  listener: TrainingListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { steps, accumulate, average, seed, crop, width, learningRate } = options;
  const { phases, parameters } = diffusionStep({ crop, width, averaged: average > 0 });
  const sampler = { crop, queries: 1, seed };
  const cropsFor = cropsOfSteps(machine, { set, noise, options: sampler }, options);
  return runTraining(
    machine,
    {
      phases,
      start: firstState(parameters, seed),
      ...{ steps, every, examples: accumulate, learningRate: () => learningRate, bounds: LOSS_BOUNDS },
      async feeds(step) {
        const crops = await cropsFor(step);
        return (
          crops && {
            examples: crops.map((data, part) =>
              exampleFeeds(options, data, Random.of(seed, "diffusion", step, part)),
            ),
            shared: {
              ...adamFeeds("denoiser", learningRate, step),
              ...(average > 0 && averageFeeds(average, step)),
            },
          }
        );
      },
    },
    listener,
    from,
  );
}

/** Each model's crop, at a time drawn uniformly and with noise of its own. */
function exampleFeeds(
  { crop, width }: DiffusionOptions,
  { simulated, real }: StepData,
  random: Random,
): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = {};
  const images = { source: simulated, target: real };
  for (const name of DIFFUSION_MODELS) {
    const time = random.integer(TIMES);
    const share = imageShare(time);
    const side = [1, 1, crop, crop];
    feeds[`${name}:image`] = floatTensor(images[name], side);
    feeds[`${name}:noise`] = floatTensor(random.fillNormal(new Float32Array(crop * crop)), side);
    feeds[`${name}:signal`] = floatTensor(Float32Array.of(Math.sqrt(share)));
    feeds[`${name}:strength`] = floatTensor(Float32Array.of(Math.sqrt(1 - share)));
    feeds[`${name}:time`] = floatTensor(embedTime(time, width), [1, width]);
  }
  return feeds;
}

/** The parameters to sample with, out of a training's state: averaged, where averages were kept. */
export function diffusionState(state: TrainingState, { average }: DiffusionOptions): TrainingState {
  if (average > 0) return averagedParameters(state);
  return new Map(
    [...state].filter(([name]) => DIFFUSION_MODELS.some((model) => name.startsWith(`${model}.`))),
  );
}
