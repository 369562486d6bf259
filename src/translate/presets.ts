/**
 * "fast": what two CPU cores train in minutes, with what measured best here. "paper": the sizes and the design of Zhang
 * et al. 2024: whole 1024 x 1024 micrographs, 100 of them for 100 epochs, white noise, transposed convolutions.
 */
export const PRESETS = {
  fast: {
    network: "unet",
    crop: 192,
    ngf: 16,
    ndf: 16,
    widest: 4,
    upsampling: "resize",
    generator: "correction",
    discriminators: 2,
    noise: "matched",
    snr: null,
    steps: 1200,
    learningRate: 4e-4,
    discriminatorLearningRate: 3e-3,
    accumulate: 1,
    decayFrom: 0.5,
    beta1: 0.5,
    gradientLimit: 3,
    average: 0.998,
    nceVariant: "paper",
    temperature: 0.07,
    levels: 4,
    queries: 128,
    headWidth: 128,
    calibrate: true,
    trends: true,
    unevenness: true,
  },
  paper: {
    network: "unet",
    crop: 1024,
    ngf: 64,
    ndf: 64,
    widest: 8,
    upsampling: "transposed",
    generator: "plain",
    discriminators: 1,
    noise: "white",
    snr: 0.1,
    steps: 10_000,
    learningRate: 1e-4,
    discriminatorLearningRate: 1e-4,
    accumulate: 1,
    decayFrom: 0.5,
    beta1: 0.5,
    gradientLimit: 0,
    average: 0,
    nceVariant: "paper",
    temperature: 0.07,
    levels: 5,
    queries: 256,
    headWidth: 256,
    calibrate: false,
    trends: false,
    unevenness: false,
  },
} as const;

/** The translators with a network. */
export const NETWORK_TRANSLATORS = ["cryogem", "cut", "fastcut", "cyclegan"] as const;
export type NetworkTranslator = (typeof NETWORK_TRANSLATORS)[number];

export const isNetworkTranslator = (name: string): name is NetworkTranslator =>
  (NETWORK_TRANSLATORS as readonly string[]).includes(name);

/** Whether a translator is trained step by step. */
export const isTrained = (name: string): boolean => isNetworkTranslator(name) || name === "cyclediffusion";

/** What the publications of the others have in common: one discriminator, an image made anew, CryoGEM's physics with white noise. */
const AS_PUBLISHED = {
  generator: "plain",
  upsampling: "transposed",
  discriminators: 1,
  noise: "white",
  snr: 0.1,
  learningRate: 2e-4,
  discriminatorLearningRate: 2e-4,
  gradientLimit: 0,
  average: 0,
  calibrate: false,
  trends: false,
  unevenness: false,
} as const;

/** Of CUT and FastCUT. */
const PATCHES = {
  ...AS_PUBLISHED,
  contrast: "patch",
  levels: 5,
  queries: 256,
  headWidth: 256,
  cycleWeight: 0,
  pool: 0,
} as const;

/**
 * What a translator has in place of a preset's own values. CUT and FastCUT: Park et al. 2020; CycleGAN: Zhu et al. 2017; values of
 * their public code.
 */
export const TRANSLATOR_DEFAULTS = {
  cryogem: { contrast: "mask", identity: 0, cycleWeight: 0, flip: false, pool: 0 },
  cut: { ...PATCHES, nceWeight: 1, identity: 1, flip: false },
  fastcut: { ...PATCHES, nceWeight: 10, identity: 0, flip: true },
  cyclegan: {
    ...AS_PUBLISHED,
    contrast: "none",
    nceWeight: 0,
    identity: 0.5,
    cycleWeight: 10,
    flip: false,
    pool: 50,
  },
} as const;

/**
 * Weight of CryoGEM's contrastive loss: the paper's 10 for a plain generator. A correction begins at its optimum, the identity,
 * and would stay there for ever at that weight.
 */
export const NCE_WEIGHT = { plain: 10, correction: 1 } as const;

/** The names of the presets. */
export type Preset = keyof typeof PRESETS;
