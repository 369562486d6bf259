import type { ComputeRuntime } from "../../core/ports.js";
import { averagedParameters } from "../../train/average.js";
import { type Resumption, runTraining, type TrainingListener } from "../../train/loop.js";
import { carriedState } from "../../train/phase.js";
import { firstState, type TrainingState } from "../../train/state.js";
import { GeneratorRunner, generatorOptions } from "../generator-runner.js";
import type { NoiseField } from "../noise/field.js";
import { type CryogemOptions, learningShareAt } from "../options.js";
import type { TrainingSet } from "../samples/sampler.js";
import { drawSamples, type Sample, type SampleSet, takeSample } from "../samples/samples.js";
import { cropsOfSteps, type TranslatorMachine } from "../samples/step-crops.js";
import type { ContrastOptions } from "./contrast/contrast.js";
import { stepFeeds } from "./feeds.js";
import type { StepOptions } from "./networks.js";
import { parametersOfStep } from "./networks.js";
import { translationStep } from "./step.js";
import { LOSS_BOUNDS, TrainingWatch } from "./watch.js";

/** What a training hands out while it runs; each call is awaited. */
export interface CryogemListener extends Omit<TrainingListener, "milestone"> {
  /** Before the checkpoint of the same step; the parameters are those that the sample was made with. */
  sample(step: number, sample: Sample, parameters: TrainingState): Promise<void>;
}

export interface CryogemPlan {
  readonly options: CryogemOptions;
  readonly noise: NoiseField;
  /** Steps between samples, and between checkpoints. */
  readonly every: number;
}

/**
 * Trains a translator's networks from the seed, or from where an earlier run stopped: the remaining losses and the result
 * are then those of an uninterrupted training, bit for bit on the same device.
 *
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainCryogem<DeviceTensor>(
  machine: TranslatorMachine<DeviceTensor>,
  set: TrainingSet,
  { options, noise, every }: CryogemPlan,
  listener: CryogemListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { steps, accumulate, nceWeight, average, seed } = options;
  const networks = stepOptions(options);
  const translation = translationStep(networks);
  const { phases } = translation;
  const cropsFor = cropsOfSteps(machine, { set, noise, options }, options);
  const samples = await drawSamples(set, noise, options);
  const share = (step: number): number => learningShareAt(options, step);
  const learningRate = (step: number): number => share(step) * options.learningRate;
  return runTraining(
    machine,
    {
      phases,
      start: firstState(parametersOfStep(translation), seed, new Map(), carriedState(phases)),
      ...{ steps, every, examples: accumulate, learningRate, bounds: LOSS_BOUNDS },
      async feeds(step) {
        const crops = await cropsFor(step);
        const discriminatorLearningRate = share(step) * options.discriminatorLearningRate;
        const rates = { learningRate: learningRate(step), discriminatorLearningRate };
        const settings = { step, ...rates, nceWeight, averageDecay: average, seed };
        return crops && stepFeeds(networks, translation.maps, crops, settings);
      },
    },
    watching(listener, options, sampling(machine.runtime, options, samples)),
    from,
  );
}

/** Passes on what a training hands out, with samples of it, and warns of a training that goes wrong. */
function watching(
  listener: CryogemListener,
  options: CryogemOptions,
  sampleOf: (parameters: TrainingState) => Promise<Sample>,
): TrainingListener {
  const watch = new TrainingWatch();
  const warn = (text: string | undefined): void => {
    if (text) listener.warn(text);
  };
  return {
    async step(metrics) {
      await listener.step(metrics);
      warn(watch.step(metrics.step, metrics.losses));
    },
    async milestone(step, state) {
      const parameters = generatorState(state, options);
      const sample = await sampleOf(parameters);
      await listener.sample(step, sample, parameters);
      warn(watch.sample(step, sample.particleCorrelation));
    },
    checkpoint: (step, state) => listener.checkpoint(step, state),
    warn: (text) => listener.warn(text),
  };
}

/** The same few crops, translated with the parameters of a moment. */
const sampling =
  <DeviceTensor>(runtime: ComputeRuntime<DeviceTensor>, options: CryogemOptions, samples: SampleSet) =>
  async (parameters: TrainingState): Promise<Sample> => {
    const generator = new GeneratorRunner(options, runtime, parameters);
    try {
      return await takeSample(samples, (planes) => generator.run(planes));
    } finally {
      await generator.close();
    }
  };

function stepOptions(options: CryogemOptions): StepOptions {
  const { crop, beta1, gradientLimit, ndf: width, widest, discriminators: count, network } = options;
  const contrast = contrastOptions(options);
  return {
    ...{
      crop,
      adam: { beta1, gradientLimit },
      averaged: options.average > 0,
      generator: generatorOptions(options),
    },
    discriminator: { width, widest, count, antialiased: network === "antialiased" },
    ...(contrast && { contrast }),
    ...(options.cycleWeight > 0 && {
      cycle: { weight: options.cycleWeight, identity: options.identity, pool: options.pool },
    }),
  };
}

function contrastOptions(options: CryogemOptions): ContrastOptions | undefined {
  const { contrast, headWidth, levels, queries: points, temperature, nceVariant: variant } = options;
  if (contrast === "none") return undefined;
  const common = { headWidth, levels, points };
  if (contrast === "patch") {
    return { kind: "patch", ...common, temperature, identity: options.identity, flip: options.flip };
  }
  const queries = contrast === "mask" ? "both" : contrast;
  return { kind: "mask", ...common, nce: { variant, queries, temperature } };
}

/** The parameters to translate with, out of a training's state: averaged, where an average was kept. */
export function generatorState(state: TrainingState, { average }: CryogemOptions): TrainingState {
  if (average > 0) return averagedParameters(state);
  return new Map([...state].filter(([name]) => name.startsWith("generator.")));
}
