import { z } from "zod";
import { POSE_NETWORKS } from "../nn/pose-encoder.js";

/** What a network is told of the CTF: nothing, images whose phases are flipped, or the CTF as a second channel. */
export const CTF_USES = ["none", "flip", "channel"] as const;

/** Choices of an encoder's training, as they stand in its model's record. */
export const poseOptions = z.strictObject({
  /** Pixels along a side of the images as the network sees them. */
  side: z.union([z.literal(32), z.literal(64), z.literal(128), z.literal(256)]),
  network: z.enum(POSE_NETWORKS).default("encoder"),
  /** Channels of the first convolution; of the dense network see `PoseFeaturesOptions`. */
  width: z.int().min(1).max(64),
  /** Orientations among which the network shares out its odds; 0: it proposes poses. */
  orientations: z.int().min(0).max(20_000).default(0),
  /** Without `orientations`: poses proposed for an image; the best one is taught. */
  heads: z.int().min(1).max(64),
  ctf: z.enum(CTF_USES),
  /**
   * Detail of more periods across the field than this is taken out of the images, and what is left brought to equal power
   * at all frequencies. With 0 images stay as they are.
   */
  periods: z.number().min(0).default(0),
  /** Whether each image is brought to mean 0 and deviation 1; else all of a file are divided by one deviation, means kept. */
  normaliseEach: z.boolean(),
  /** Point group of the map: an error is the least over it. */
  symmetry: z.string(),
  /** Images a step. */
  batch: z.int().min(1).max(4096),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  /** Decay a step of the moving average of the weights, which is what is kept. */
  average: z.number().min(0).max(0.9999),
  /** Whether images are turned and mirrored, poses with them. */
  turns: z.boolean(),
  /** Angstrom: images are moved by up to so much, uniformly in a disc. */
  moves: z.number().min(0),
  /** White noise is added of up to so many deviations of the image. */
  noise: z.number().min(0),
  /** Images are multiplied by e to a power of up to so much, either way. */
  contrast: z.number().min(0),
  /** Angstrom: deviation of the error that the defocus gets where the CTF is used. */
  defocus: z.number().min(0),
  seed: z.number(),
});

export type PoseOptions = z.infer<typeof poseOptions>;

/** What a preset decides. */
type Choices = Omit<PoseOptions, "symmetry" | "seed" | "moves"> & {
  /** How far images are moved at most, as a share of the field. */
  readonly movesShare: number;
};

/**
 * The paper's: CryoFIRE's encoder of 128 x 128 pixels taught by (1/9) |dR|² + (1/2) |dT|, images alone, batches of 256, without
 * augmentation; 200 epochs of 100,000 particles are 78,000 steps.
 */
const PAPER: Choices = {
  ...{ side: 128, network: "encoder", width: 16, orientations: 0, heads: 1 },
  ...{ ctf: "none", periods: 0, normaliseEach: false },
  ...{ batch: 256, steps: 78_000, learningRate: 1e-4, average: 0 },
  ...{ turns: false, movesShare: 0, noise: 0, contrast: 0, defocus: 0 },
};

/**
 * What two cores can train in ten minutes. Images are moved as far as labels lie from refined places: the labelled ribosomes of
 * EMPIAR-10028 in a field of 429 angstrom by 12 to 14 along each axis, the apoferritins of EMPIAR-10146 in one of 216 by 7.
 */
const QUICK: Choices = {
  ...{ side: 32, network: "dense", width: 8, orientations: 576, heads: 1 },
  ...{ ctf: "flip", periods: 8, normaliseEach: true },
  ...{ batch: 256, steps: 6000, learningRate: 1e-3, average: 0.998 },
  ...{ turns: true, movesShare: 1 / 20, noise: 0.3, contrast: 0.2, defocus: 150 },
};

export const POSE_PRESETS: Readonly<Record<"quick" | "paper", Choices>> = { quick: QUICK, paper: PAPER };
