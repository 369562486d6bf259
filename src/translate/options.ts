import { z } from "zod";
import { OptionError } from "../core/errors.js";
import { NCE_WEIGHT, PRESETS, type Preset } from "./presets.js";

export { PRESETS } from "./presets.js";

/** Choices of a CryoGEM training, as they stand in a model's record. */
export const cryogemOptions = z.strictObject({
  /** Side of the square crops, pixels. */
  crop: z.int().min(32).max(8192),
  /** Channels of the generator's and of the discriminators' first layer. */
  ngf: z.int().min(1).max(512),
  ndf: z.int().min(1).max(512),
  /** Channels of the widest layers over those of the first. */
  widest: z.int().min(1).max(16),
  /** Stride-2 convolutions of the generator. */
  depth: z.int().min(2).max(12),
  upsampling: z.enum(["transposed", "resize"]),
  generator: z.enum(["plain", "correction"]),
  discriminators: z.union([z.literal(1), z.literal(2)]),
  /**
   * Of the seed: white; coloured, with the spectrum that the real micrographs have beside the signal; or matched, with the
   * spectrum of their background, Thon rings of each micrograph's own CTF, and a signal as strong as theirs at every frequency.
   */
  noise: z.enum(["white", "coloured", "matched"]),
  /** Of the seed: variance of the clean micrographs over variance of the noise; null: measured on the real ones. */
  snr: z.number().positive().nullable(),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  discriminatorLearningRate: z.number().positive(),
  /** Crops of a step, one after the other: gradients are their means. */
  accumulate: z.int().min(1).max(256).default(1),
  /** Share of the steps after which the learning rates fall linearly to zero. */
  decayFrom: z.number().min(0).max(1),
  beta1: z.number().min(0).max(0.999),
  /** Decay a step of the moving average of the generator, which is what is kept; 0: the last state is kept. */
  average: z.number().min(0).max(0.9999),
  nceWeight: z.number().min(0),
  nceVariant: z.enum(["paper", "public"]),
  temperature: z.number().positive(),
  /** Encoder levels whose features are compared, from the first convolution on. */
  levels: z.int().min(1),
  /** Query points on particles, and as many on background. */
  queries: z.int().min(1),
  headWidth: z.int().min(1),
  /** Whether the noise's skewness and kurtosis are fitted, and after training the output's spectrum, to the real ones. */
  calibrate: z.boolean(),
  /** Whether the slow trends of the real micrographs are taken out before training and lent to generated ones. */
  trends: z.boolean(),
  /** Whether the seed varies in strength over a micrograph as the real ones do. */
  unevenness: z.boolean(),
  seed: z.number(),
});

export type CryogemOptions = z.infer<typeof cryogemOptions>;

/** A preset with the user's choices in place of its own; what depends on other choices follows them. */
export function resolveOptions(
  preset: Preset,
  seed: number,
  chosen: { readonly [K in keyof CryogemOptions]?: CryogemOptions[K] | undefined },
): CryogemOptions {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const merged = { ...PRESETS[preset], seed, ...given };
  const options: CryogemOptions = {
    ...merged,
    depth: chosen.depth ?? defaultDepth(merged.crop, merged.generator),
    nceWeight: chosen.nceWeight ?? NCE_WEIGHT[merged.generator],
    snr: merged.noise === "white" ? (merged.snr ?? 0.1) : merged.snr,
  };
  const { crop, depth } = options;
  if (crop % 2 ** depth !== 0) {
    throw new OptionError("crop", `found ${crop}, expected a multiple of ${2 ** depth} (\`depth\` ${depth})`);
  }
  if (depth < 2) throw new OptionError("crop", `found ${crop}, expected a multiple of 4 at least`);
  return { ...options, levels: Math.min(options.levels, depth) };
}

/** Halvings at which a correction stops: a particle's surroundings are seen, a whole crop's layout is not. */
const CORRECTION_DEPTH = 6;

/**
 * A plain generator goes down to one pixel where the crop's side allows it (the paper: 10 halvings of 1024). A correction
 * goes down six levels: its field of view stays local, so that images of any size can be translated alike.
 */
export function defaultDepth(crop: number, generator: CryogemOptions["generator"]): number {
  let depth = 0;
  while (crop % 2 ** (depth + 1) === 0 && depth < 12) depth++;
  return generator === "plain" ? depth : Math.min(depth, CORRECTION_DEPTH);
}

/** Share of the learning rates at a step (from 1): 1, then falling linearly, to zero after the last. */
export function learningShareAt({ decayFrom, steps }: CryogemOptions, step: number): number {
  const start = Math.floor(decayFrom * steps);
  return step <= start ? 1 : (steps + 1 - step) / (steps + 1 - start);
}
