import { z } from "zod";
import { UsageError } from "../core/errors.js";

/** Choices of a CryoGEM training, as they stand in a model's record. */
export const cryogemOptions = z.strictObject({
  /** Side of the square crops, pixels. */
  crop: z.int().min(32).max(8192),
  /** Channels of the generator's and of the discriminator's first layer. */
  ngf: z.int().min(1).max(512),
  ndf: z.int().min(1).max(512),
  /** Stride-2 convolutions of the generator. */
  depth: z.int().min(2).max(12),
  upsampling: z.enum(["transposed", "resize"]),
  generator: z.enum(["plain", "correction"]),
  noise: z.enum(["white", "coloured"]),
  /** Of the noise seed: variance of the clean micrographs over variance of the noise. */
  snr: z.number().positive(),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  /** Share of the steps after which the learning rate falls linearly to zero. */
  decayFrom: z.number().min(0).max(1),
  beta1: z.number().min(0).max(0.999),
  nceWeight: z.number().min(0),
  nceVariant: z.enum(["paper", "public"]),
  temperature: z.number().positive(),
  /** Encoder levels whose features are compared. */
  levels: z.int().min(1),
  /** Query points on particles, and as many on background. */
  queries: z.int().min(1),
  headWidth: z.int().min(1),
  seed: z.number(),
});

export type CryogemOptions = z.infer<typeof cryogemOptions>;

/** The names of `PRESETS`. */
export type Preset = "fast" | "paper";

const SHARED = {
  learningRate: 1e-4,
  decayFrom: 0.5,
  beta1: 0.5,
  nceWeight: 10,
  nceVariant: "paper",
  temperature: 0.07,
  levels: 5,
  queries: 256,
  headWidth: 256,
  snr: 0.1,
} as const;

/**
 * "fast": what two CPU cores train in minutes, with what measured best here. "paper": the sizes and the design of Zhang
 * et al. 2024: whole 1024 x 1024 micrographs, 100 of them for 100 epochs, white noise, transposed convolutions.
 */
export const PRESETS: Readonly<Record<Preset, Omit<CryogemOptions, "seed" | "depth">>> = {
  fast: {
    ...SHARED,
    crop: 256,
    ngf: 32,
    ndf: 32,
    upsampling: "resize",
    generator: "correction",
    noise: "coloured",
    steps: 500,
  },
  paper: {
    ...SHARED,
    crop: 1024,
    ngf: 64,
    ndf: 64,
    upsampling: "transposed",
    generator: "plain",
    noise: "white",
    steps: 10_000,
  },
};

/** A preset with the user's choices in place of its own; `depth` as `defaultDepth` says, unless it is chosen. */
export function resolveOptions(
  preset: Preset,
  seed: number,
  chosen: { readonly [K in keyof CryogemOptions]?: CryogemOptions[K] | undefined },
): CryogemOptions {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const merged = { ...PRESETS[preset], seed, ...given };
  const depth = chosen.depth ?? defaultDepth(merged.crop, merged.generator);
  const options: CryogemOptions = { ...merged, depth };
  if (options.crop % 2 ** depth !== 0) {
    throw new UsageError(
      `--crop: found ${options.crop}, expected a multiple of ${2 ** depth} (depth ${depth})`,
    );
  }
  if (options.levels > depth) {
    throw new UsageError(`--levels: found ${options.levels}, expected at most the depth, ${depth}`);
  }
  return options;
}

/** Halvings at which a correction stops: a particle's surroundings are seen, a whole crop's layout is not. */
const CORRECTION_DEPTH = 5;

/**
 * A plain generator goes down to one pixel where the crop's side allows it (the paper: 10 halvings of 1024). A correction
 * goes down five levels: its field of view stays local, so that images of any size can be translated alike.
 */
export function defaultDepth(crop: number, generator: CryogemOptions["generator"]): number {
  let depth = 0;
  while (crop % 2 ** (depth + 1) === 0 && depth < 12) depth++;
  return generator === "plain" ? depth : Math.min(depth, CORRECTION_DEPTH);
}

/** Learning rate of a step (from 1): constant, then falling linearly, to zero after the last. */
export function learningRateAt({ learningRate, decayFrom, steps }: CryogemOptions, step: number): number {
  const start = Math.floor(decayFrom * steps);
  return step <= start ? learningRate : (learningRate * (steps + 1 - step)) / (steps + 1 - start);
}
