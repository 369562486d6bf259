import type { HostTensor } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { adamFeeds } from "../../train/adam.js";
import { averageFeeds } from "../../train/average.js";
import { type Feeds, floatTensor, type StepFeeds } from "../../train/feeds.js";
import type { QueryPoints } from "../samples/query-points.js";
import type { StepData } from "../samples/sampler.js";
import type { MaskContrastOptions, PatchContrastOptions } from "./contrast/contrast.js";
import { mirroredImage, positionFeeds } from "./contrast/positions.js";
import { samplingFeeds } from "./contrast/sampling-inputs.js";
import { poolFeeds } from "./image-pool.js";
import type { StepOptions } from "./networks.js";

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
  /** Of random numbers: places that are compared, mirrors, pools. */
  readonly seed: number;
}

/**
 * The inputs of `translationStep` for the crops of one step.
 *
 * @param maps of the step
 */
export function stepFeeds(
  options: StepOptions,
  maps: readonly number[],
  crops: readonly StepData[],
  settings: StepSettings,
): StepFeeds {
  const { step, learningRate, discriminatorLearningRate, averageDecay } = settings;
  const { adam } = options;
  return {
    examples: crops.map((crop, part) => ({
      ...imageFeeds(options, crop),
      ...contrastFeeds(options, maps, crop, settings, part),
      ...cycleFeeds(options, settings, (step - 1) * crops.length + part),
    })),
    shared: {
      ...adamFeeds("generator", learningRate, step, adam),
      ...adamFeeds("discriminator", discriminatorLearningRate, step, adam),
      ...(options.averaged && averageFeeds(averageDecay, step)),
    },
  };
}

/** Planes of square crops, as many as there are. */
const imageTensor = (data: Float32Array, crop: number): HostTensor =>
  floatTensor(data, [1, data.length / crop ** 2, crop, crop]);

const imageFeeds = ({ crop }: StepOptions, { simulated, real }: StepData): Feeds => ({
  simulated: imageTensor(simulated, crop),
  real: imageTensor(real, crop),
});

function contrastFeeds(
  { contrast, crop }: StepOptions,
  maps: readonly number[],
  data: StepData,
  settings: StepSettings,
  part: number,
): Feeds {
  if (!contrast) return {};
  return contrast.kind === "mask"
    ? maskFeeds(contrast, crop, data.points, settings.nceWeight)
    : patchFeeds(contrast, crop, maps, data, settings, part);
}

function maskFeeds(
  { levels }: MaskContrastOptions,
  crop: number,
  points: QueryPoints,
  weight: number,
): Feeds {
  const hasBoth = points.particles && points.background;
  const feeds: Record<string, HostTensor> = {
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

function patchFeeds(
  contrast: PatchContrastOptions,
  crop: number,
  maps: readonly number[],
  { simulated, real }: StepData,
  { nceWeight, seed, step }: StepSettings,
  part: number,
): Feeds {
  const random = Random.of(seed, "patches", step, part);
  const mirrored = contrast.flip && random.integer(2) === 1;
  const source = (data: Float32Array): HostTensor =>
    imageTensor(mirrored ? mirroredImage(data, crop) : data, crop);
  return {
    nceWeight: floatTensor(Float32Array.of(nceWeight)),
    ...positionFeeds("nce", maps, contrast, mirrored, random),
    ...(contrast.identity > 0 && positionFeeds("identity", maps, contrast, mirrored, random)),
    ...(contrast.flip && {
      simulatedSource: source(simulated),
      ...(contrast.identity > 0 && { realSource: source(real) }),
    }),
  };
}

/** @param n images made before */
function cycleFeeds({ cycle }: StepOptions, { seed }: StepSettings, n: number): Feeds {
  if (!cycle) return {};
  const random = Random.of(seed, "image pools", n);
  return {
    ...poolFeeds("pool:real", cycle.pool, n, random),
    ...poolFeeds("pool:simulated", cycle.pool, n, random),
  };
}
