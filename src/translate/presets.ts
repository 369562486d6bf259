/**
 * "fast": what two CPU cores train in minutes, with what measured best here. "paper": the sizes and the design of Zhang
 * et al. 2024: whole 1024 x 1024 micrographs, 100 of them for 100 epochs, white noise, transposed convolutions.
 */
export const PRESETS = {
  fast: {
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
    learningRate: 2e-4,
    discriminatorLearningRate: 2e-4,
    accumulate: 1,
    decayFrom: 0.5,
    beta1: 0.5,
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

/**
 * Weight of the contrastive loss: the paper's 10 for a plain generator. A correction begins at its optimum, the identity,
 * and would stay there for ever at that weight.
 */
export const NCE_WEIGHT = { plain: 10, correction: 1 } as const;

/** The names of the presets. */
export type Preset = keyof typeof PRESETS;
