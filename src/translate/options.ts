import { z } from "zod";
import { OptionError } from "../core/errors.js";
import { RESNET_DEPTH, RESNET_MAPS } from "../nn/resnet.js";
import { NCE_WEIGHT, type NetworkTranslator, PRESETS, type Preset, TRANSLATOR_DEFAULTS } from "./presets.js";

/**
 * Choices of a training of a translator with a network, as they stand in a model's record. What CryoGEM 0.1 had no choice of has
 * its value as default, so that its models are read.
 */
export const cryogemOptions = z.strictObject({
  /** Side of the square crops, pixels. */
  crop: z.int().min(32).max(8192),
  /** The generator: the paper's U-Net, the ResNet of CycleGAN, or CUT's, which halves and doubles with blurs, as its discriminators do. */
  network: z.enum(["unet", "resnet", "antialiased"]).default("unet"),
  /** Channels of the generator's and of the discriminators' first layer. */
  ngf: z.int().min(1).max(512),
  ndf: z.int().min(1).max(512),
  /** Channels of the widest layers over those of the first. */
  widest: z.int().min(1).max(16),
  /** Halvings of the generator. */
  depth: z.int().min(2).max(12),
  upsampling: z.enum(["transposed", "resize"]),
  generator: z.enum(["plain", "correction"]),
  discriminators: z.union([z.literal(1), z.literal(2)]),
  /**
   * Of the seed: white; coloured, with the spectrum that the real micrographs have beside the signal; or matched, with the
   * spectrum of their background, Thon rings of each micrograph's own CTF, and a signal as strong as theirs at every frequency. Or
   * none: the generator is given clean micrographs and makes all noise itself.
   */
  noise: z.enum(["white", "coloured", "matched", "none"]),
  /** Where the generator meets the noise field, see `NoiseAt`. */
  noiseAt: z.enum(["input", "channel", "inner"]).default("input"),
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
  /** Adam's limit of gradients, see `AdamSettings`; 0: there is none. */
  gradientLimit: z.number().min(0).default(0),
  /** Decay a step of the moving average of the generator, which is what is kept; 0: the last state is kept. */
  average: z.number().min(0).max(0.9999),
  /**
   * Which generator is kept: that of the last step, or of the checkpoint whose output is nearest to parts of the real micrographs that no
   * crop was drawn from.
   */
  keep: z.enum(["last", "best"]).default("last"),
  /**
   * Contrastive loss: "mask", particles against background; "particles" and "background", the queries of one kind alone; "patch",
   * every place against all others (CUT); "none".
   */
  contrast: z.enum(["mask", "particles", "background", "patch", "none"]).default("mask"),
  nceWeight: z.number().min(0),
  /** Weight of what keeps real images as they are: relative to the contrastive loss ("patch"), or to the cycle loss. */
  identity: z.number().min(0).default(0),
  /** Weight of the cycle loss; 0: there is no second generator. */
  cycleWeight: z.number().min(0).default(0),
  /** Whether "patch" compares mirrored crops (FastCUT). */
  flip: z.boolean().default(false),
  /** Images in the discriminators' pools of a cycle; 0: none. */
  pool: z.int().min(0).max(1000).default(0),
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

/**
 * A preset as a translator has it, with the user's choices in place of both; what depends on other choices follows them.
 *
 * @throws OptionError for choices that clash
 */
export function resolveOptions(
  preset: Preset,
  seed: number,
  chosen: { readonly [K in keyof CryogemOptions]?: CryogemOptions[K] | undefined },
  translator: NetworkTranslator = "cryogem",
): CryogemOptions {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const defaults = { ...PRESETS[preset], ...TRANSLATOR_DEFAULTS[translator] };
  const rates = defaults.discriminatorLearningRate / defaults.learningRate;
  const merged: Omit<CryogemOptions, "depth" | "nceWeight"> & { nceWeight?: number } = {
    ...{
      noiseAt: "input" as const,
      keep: "last" as const,
      ...defaults,
      seed,
      ...(chosen.learningRate !== undefined && { discriminatorLearningRate: rates * chosen.learningRate }),
      ...given,
    },
  };
  const depth = depthOf(merged, chosen.depth);
  const options: CryogemOptions = {
    ...merged,
    depth,
    nceWeight: merged.nceWeight ?? NCE_WEIGHT[merged.generator],
    snr: merged.noise === "white" ? (merged.snr ?? 0.1) : (chosen.snr ?? null),
    ...(merged.noise === "none" && { calibrate: false, unevenness: false }),
  };
  const { crop } = options;
  if (crop % 2 ** depth !== 0) {
    throw new OptionError("crop", `found ${crop}, expected a multiple of ${2 ** depth} (depth ${depth})`);
  }
  if (depth < 2) throw new OptionError("crop", `found ${crop}, expected a multiple of 4 at least`);
  refuseClashes(options);
  refuseIdle(options, chosen);
  return { ...options, levels: options.network === "unet" ? Math.min(options.levels, depth) : RESNET_MAPS };
}

function depthOf(
  { crop, generator, network, noiseAt }: Pick<CryogemOptions, "crop" | "generator" | "network" | "noiseAt">,
  chosen: number | undefined,
): number {
  if (network === "unet") return chosen ?? defaultDepth(crop, noiseAt === "inner" ? "correction" : generator);
  if (chosen === undefined) return RESNET_DEPTH;
  throw new OptionError(
    "depth",
    `found \`network\` ${network}, which halves ${RESNET_DEPTH} times, expected unet with it`,
  );
}

/** Side of the innermost feature maps that noise comes to, at least: tiles of a micrograph then share some of their pixels. */
const INNER_SIDE = 3;

/** Refuses networks and losses that do not go together. */
function refuseClashes(options: CryogemOptions): void {
  const { network, contrast, identity, cycleWeight, noiseAt, crop, depth } = options;
  if (noiseAt !== "input" && network !== "unet") {
    throw new OptionError("noiseAt", `found \`network\` ${network}, expected unet with ${noiseAt}`);
  }
  if (noiseAt !== "input" && cycleWeight > 0) {
    throw new OptionError(
      "noiseAt",
      `found ${noiseAt} with a cycle loss, whose second generator makes no noise field, expected input`,
    );
  }
  if (noiseAt === "inner" && crop < INNER_SIDE * 2 ** depth) {
    throw new OptionError(
      "noiseAt",
      `found inner with crops of ${crop} pixels at depth ${depth}, expected crops of at least ${INNER_SIDE * 2 ** depth}, or a smaller depth`,
    );
  }
  if (network !== "unet" && !["patch", "none"].includes(contrast)) {
    throw new OptionError("network", `found \`contrast\` ${contrast}, expected unet with it`);
  }
  if (cycleWeight > 0 && contrast !== "none") {
    throw new OptionError("contrast", `found ${contrast}, expected none with a cycle loss`);
  }
  if (identity > 0 && cycleWeight === 0 && contrast !== "patch") {
    throw new OptionError(
      "identity",
      `found \`contrast\` ${contrast}, expected patch with it, or a cycle loss`,
    );
  }
}

/** Refuses choices that would change nothing. */
function refuseIdle(
  { network, contrast, noise, noiseAt }: CryogemOptions,
  chosen: { readonly [K in keyof CryogemOptions]?: CryogemOptions[K] | undefined },
): void {
  const refuse = (name: keyof CryogemOptions, found: string, expected: string): void => {
    if (chosen[name] !== undefined)
      throw new OptionError(name, `found ${found}, expected ${expected} with it`);
  };
  if (network !== "unet") refuse("upsampling", `\`network\` ${network}`, "unet");
  if (noise === "none") {
    if (noiseAt !== "input") refuse("noiseAt", "`noise` none", "a noise field");
    for (const name of ["snr", "calibrate", "unevenness"] as const) {
      if (chosen[name] !== false) refuse(name, "`noise` none", "a noise field");
    }
  }
  if (contrast === "none") refuse("nceWeight", "`contrast` none", "a contrastive loss");
  if (contrast === "none" || contrast === "patch") refuse("nceVariant", `\`contrast\` ${contrast}`, "mask");
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
