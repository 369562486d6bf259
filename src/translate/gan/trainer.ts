import type { ComputeRuntime } from "../../core/ports.js";
import type { TrainingState } from "../../tensor/index.js";
import { GeneratorRunner, generatorOptions } from "../generator-runner.js";
import type { NoiseSeed } from "../noise/seed.js";
import { type CryogemOptions, learningShareAt } from "../options.js";
import { type StepData, sampleStep, type TrainingSet } from "../samples/sampler.js";
import { drawSamples, type Sample, type SampleSet, takeSample } from "../samples/samples.js";
import { averageName, type StepOptions } from "./step.js";
import { type Losses, StepRunner } from "./step-runner.js";
import { TrainingWatch } from "./watch.js";

/** A line of metrics.jsonl. */
export interface StepMetrics {
  readonly step: number;
  readonly losses: Losses;
  /** Of the generator. */
  readonly learningRate: number;
  readonly seconds: number;
  /** Of these, seconds that the device waited for its data. */
  readonly waiting: number;
}

/** What a training hands out while it runs; each call is awaited. */
export interface TrainingListener {
  step(metrics: StepMetrics): Promise<void>;
  sample(step: number, sample: Sample): Promise<void>;
  /** The state after `step`: everything that is needed to continue. Also called when the training is interrupted. */
  checkpoint(step: number, state: TrainingState): Promise<void>;
  warn(text: string): void;
}

export interface TrainingPlan {
  readonly options: CryogemOptions;
  readonly noise: NoiseSeed;
  /** Steps between samples, and between checkpoints. */
  readonly every: number;
}

export interface TrainingMachine<DeviceTensor> {
  readonly runtime: ComputeRuntime<DeviceTensor>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  /** Makes the crops of a step on other threads, as `sampleStep` would: those of the next step while one is computed. */
  readonly sample?: (step: number, crops: number) => Promise<readonly StepData[]>;
}

/** Where an earlier run stopped. */
export interface Resumption {
  readonly step: number;
  readonly state: TrainingState;
}

/**
 * Trains a CryoGEM translator from the seed, or from where an earlier run stopped: the remaining losses and the result
 * are then those of an uninterrupted training, bit for bit on the same device.
 *
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainCryogem<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  set: TrainingSet,
  { options, noise, every }: TrainingPlan,
  listener: TrainingListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { runtime, signal, now } = machine;
  const runner = await StepRunner.open(
    stepOptions(options),
    runtime,
    from?.state ?? options.seed,
    options.accumulate,
  );
  const samples = await drawSamples(set, noise, options.crop, options.seed);
  const watch = new TrainingWatch();
  const warn = (text: string | undefined): void => {
    if (text) listener.warn(text);
  };
  let saved = from?.step ?? 0;
  let step = saved;
  const crops = stepCrops(machine, set, noise, options);
  try {
    while (step < options.steps && !signal.aborted) {
      const start = now();
      const data = await crops(step + 1);
      if (!data) break;
      step++;
      const waiting = (now() - start) / 1000;
      const share = learningShareAt(options, step);
      const learningRate = share * options.learningRate;
      const losses = await runner.run(data, {
        step,
        learningRate,
        discriminatorLearningRate: share * options.discriminatorLearningRate,
        nceWeight: options.nceWeight,
        averageDecay: options.average,
      });
      await listener.step({ step, losses, learningRate, seconds: (now() - start) / 1000, waiting });
      warn(watch.step(step, losses));
      if (step % every === 0 || step === options.steps) {
        await listener.checkpoint(step, await runner.state());
        saved = step;
        const sample = await translateSamples(runner, runtime, options, samples);
        await listener.sample(step, sample);
        warn(watch.sample(step, sample.particleCorrelation));
      }
    }
    const state = await runner.state();
    if (saved < step) await listener.checkpoint(step, state);
    signal.throwIfAborted();
    return state;
  } finally {
    await runner.close();
  }
}

/** The crops of one step after the other; nothing once the training was interrupted. */
function stepCrops<DeviceTensor>(
  { sample, signal }: TrainingMachine<DeviceTensor>,
  set: TrainingSet,
  noise: NoiseSeed,
  options: CryogemOptions,
): (step: number) => Promise<readonly StepData[] | undefined> {
  const { accumulate, steps } = options;
  if (!sample) {
    return async (step) => {
      const crops: StepData[] = [];
      for (let part = 0; part < accumulate; part++)
        crops.push(await sampleStep(set, noise, options, step, part));
      return crops;
    };
  }
  let ahead: ReturnType<typeof sample> | undefined;
  return async (step) => {
    try {
      const crops = await (ahead ?? sample(step, accumulate));
      ahead = step < steps ? sample(step + 1, accumulate) : undefined;
      // met when it is awaited, or not at all
      ahead?.catch(() => {});
      return crops;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  };
}

async function translateSamples<DeviceTensor>(
  runner: StepRunner,
  runtime: ComputeRuntime<DeviceTensor>,
  options: CryogemOptions,
  samples: SampleSet,
): Promise<Sample> {
  const generator = new GeneratorRunner(options, runtime, await runner.generatorParameters());
  try {
    return await takeSample(samples, (noisy) => generator.run(noisy));
  } finally {
    await generator.close();
  }
}

const stepOptions = (options: CryogemOptions): StepOptions => ({
  crop: options.crop,
  generator: generatorOptions(options),
  discriminator: { width: options.ndf, widest: options.widest, count: options.discriminators },
  headWidth: options.headWidth,
  levels: options.levels,
  queries: options.queries,
  nce: { variant: options.nceVariant, temperature: options.temperature },
  beta1: options.beta1,
  averaged: options.average > 0,
});

/** The parameters to translate with, out of a training's state: averaged, where an average was kept. */
export function generatorState(state: TrainingState, { average }: CryogemOptions): TrainingState {
  const parameters = new Map<string, Float32Array>();
  for (const name of state.keys()) {
    if (name.startsWith("generator."))
      parameters.set(name, state.get(average > 0 ? averageName(name) : name)!);
  }
  return parameters;
}
