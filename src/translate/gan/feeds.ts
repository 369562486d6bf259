import type { HostTensor } from "../../core/ports.js";
import { adamFeeds } from "../../train/adam.js";
import { averageFeeds } from "../../train/average.js";
import { type Feeds, floatTensor, type StepFeeds } from "../../train/feeds.js";
import type { StepData } from "../samples/sampler.js";
import type { QueryPoints } from "./points.js";
import { samplingFeeds } from "./sampling-inputs.js";
import type { StepOptions } from "./step.js";

export interface StepSettings {
  /** Counts from 1. */
  readonly step: number;
  /** Of generator and heads. */
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  /** Weight of the contrastive loss. */
  readonly nceWeight: number;
  /** Decay of the moving average, where one is kept. */
  readonly averageDecay: number;
}

/** The inputs of `cryogemStep` for the crops of one step. */
export function stepFeeds(
  options: StepOptions,
  crops: readonly StepData[],
  settings: StepSettings,
): StepFeeds {
  const { step, learningRate, discriminatorLearningRate, nceWeight, averageDecay } = settings;
  const adam = { beta1: options.beta1 };
  return {
    examples: crops.map((crop) => cropFeeds(options, crop, nceWeight)),
    shared: {
      ...adamFeeds("generator", learningRate, step, adam),
      ...adamFeeds("discriminator", discriminatorLearningRate, step, adam),
      ...(options.averaged && averageFeeds(averageDecay, step)),
    },
  };
}

function cropFeeds(
  { crop, levels }: StepOptions,
  { simulated, real, points }: StepData,
  weight: number,
): Feeds {
  const image = [1, 1, crop, crop];
  const hasBoth = points.particles && points.background;
  const feeds: Record<string, HostTensor> = {
    simulated: floatTensor(simulated, image),
    real: floatTensor(real, image),
    nceWeight: floatTensor(Float32Array.of(hasBoth ? weight : 0)),
  };
  const both = joined(points);
  for (let level = 1; level <= levels; level++) Object.assign(feeds, samplingFeeds(both, crop, level));
  return feeds;
}

/** Particle points, then background points; a kind that a crop lacks stands for the other, at weight 0. */
function joined({ particles, background }: QueryPoints): Int32Array {
  const [first, second] = [particles ?? background!, background ?? particles!];
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
