import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { DENOISER_MULTIPLE } from "../../nn/denoiser.js";
import type { Preset } from "../presets.js";
import { TIMES } from "./schedule.js";

/** Choices of a CycleDiffusion training, as they stand in a model's record. */
export const diffusionOptions = z.strictObject({
  /** Side of the square crops, pixels. */
  crop: z.int().min(32).max(8192),
  /** Channels of the networks at full resolution. */
  width: z.int().min(2).max(512),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  /** Crops of a step: gradients are their means. */
  accumulate: z.int().min(1).max(256),
  /** Decay a step of the moving averages of both networks, which are what is kept; 0: the last state is kept. */
  average: z.number().min(0).max(0.9999),
  /** Of the simulated micrographs: variance of the clean ones over that of the white noise. */
  snr: z.number().positive(),
  /** See `CycleSampling`. */
  samplingSteps: z.int().min(1).max(TIMES),
  start: z
    .int()
    .min(1)
    .max(TIMES - 1),
  eta: z.number().positive().max(1),
  refine: z
    .int()
    .min(0)
    .max(TIMES - 1),
  seed: z.number(),
});
export type DiffusionOptions = z.infer<typeof diffusionOptions>;

/** Of the published code: start, eta and the second pass; of Ho et al. 2020: learning rate, average. */
const COMMON = { learningRate: 2e-4, accumulate: 2, snr: 0.1, start: 850, eta: 0.1, refine: 100 } as const;

/** "fast": what two cores train in minutes. "paper": crops of 512, two a step, 10,000 steps (Zhang et al. 2024), every time sampled. */
export const DIFFUSION_PRESETS = {
  fast: { ...COMMON, crop: 128, width: 32, steps: 1200, average: 0.998, samplingSteps: 50 },
  paper: { ...COMMON, crop: 512, width: 128, steps: 10_000, average: 0.9999, samplingSteps: 850 },
} as const satisfies Record<Preset, Omit<DiffusionOptions, "seed">>;

/**
 * A preset with the user's choices in place of its own.
 *
 * @throws OptionError for crops that the networks cannot halve
 */
export function resolveDiffusion(
  preset: Preset,
  seed: number,
  chosen: { readonly [K in keyof DiffusionOptions]?: DiffusionOptions[K] | undefined },
): DiffusionOptions {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const options: DiffusionOptions = { ...DIFFUSION_PRESETS[preset], seed, ...given };
  if (options.crop % DENOISER_MULTIPLE !== 0) {
    throw new OptionError("crop", `found ${options.crop}, expected a multiple of ${DENOISER_MULTIPLE}`);
  }
  if (options.width % 2 !== 0)
    throw new OptionError("ngf", `found ${options.width}, expected an even number`);
  return options;
}
