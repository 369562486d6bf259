import { DIFFUSION_PRESETS, type DiffusionOptions } from "../../translate/diffusion/options.js";
import { NCE_WEIGHT, PRESETS, TRANSLATOR_DEFAULTS } from "../../translate/presets.js";
import { device, resume, seed, threads } from "../shared/options/machine.js";
import { estimates } from "../shared/options/micrographs.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { every, learningRate, steps } from "../shared/options/training.js";

/** Of white noise, where nobody says another: the paper's. */
export const SNR = 0.1;

/** The defaults of both presets, as the help says them. */
const byPreset = (name: keyof typeof PRESETS.fast): string => {
  const text = (value: unknown): string =>
    typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  return `fast: ${text(PRESETS.fast[name])}, paper: ${text(PRESETS.paper[name])}`;
};

const networkOptions = {
  preset: choiceOption(
    { fast: "two CPU cores, minutes", paper: "" },
    { value: "name", help: "sizes and design", otherwise: "fast" },
  ),
  crop: countOption(
    { unit: "pixels", from: 32, to: 8192 },
    {
      value: "px",
      help: "side of the crops",
      otherwise: `fast: about 4.3 particle diameters, paper: ${PRESETS.paper.crop}`,
    },
  ),
  ngf: countOption(
    { from: 1, to: 512 },
    { value: "n", help: "channels of the generator's first layer", otherwise: byPreset("ngf") },
  ),
  ndf: countOption(
    { from: 1, to: 512 },
    { value: "n", help: "channels of the discriminator's first layer", otherwise: byPreset("ndf") },
  ),
  widest: countOption(
    { from: 1, to: 16 },
    {
      value: "n",
      help: "channels of the widest layers over those of the first",
      otherwise: byPreset("widest"),
    },
  ),
  depth: countOption(
    { from: 2, to: 12 },
    { value: "n", help: "halvings in the generator", otherwise: "6, or down to one pixel" },
  ),
  network: choiceOption(
    {
      unet: "the paper's",
      resnet: "nine residual blocks, CycleGAN's own",
      antialiased: "the same with blurs, CUT's own",
    },
    { value: "kind", help: "network of the generator", otherwise: "unet" },
  ),
  generator: choiceOption(
    { correction: "adds to its input", plain: "makes the image" },
    { value: "kind", help: "generator", otherwise: `${byPreset("generator")}; others than cryogem: plain` },
  ),
  upsampling: choiceOption(
    { resize: "leaves no lattice", transposed: "transposed convolution" },
    { value: "kind", help: "how the generator gets back to full size", otherwise: byPreset("upsampling") },
  ),
  discriminators: countOption(
    { from: 1, to: 2 },
    {
      value: "n",
      help: "discriminators: 1 on pixels; 2 on means of 4 x 4 pixels too",
      otherwise: byPreset("discriminators"),
    },
  ),
  noise: choiceOption(
    {
      matched: "to background, Thon rings and strength of the signal",
      coloured: "to the spectrum of the real micrographs",
      white: "",
      none: "clean micrographs as they are",
    },
    { value: "kind", help: "noise field that the generator is given", otherwise: byPreset("noise") },
  ),
  noiseAt: choiceOption(
    {
      input: "added to the clean micrograph",
      channel: "as a second channel",
      inner: "at the innermost feature maps",
    },
    { value: "place", help: "where the generator meets the noise field", otherwise: "input" },
  ),
} as const;

const learningOptions = {
  steps: restated(steps, { otherwise: byPreset("steps") }),
  accumulate: countOption(
    { from: 1, to: 256 },
    {
      value: "n",
      help: "crops a step: averages their gradients in the memory of one",
      otherwise: byPreset("accumulate"),
    },
  ),
  learningRate: restated(learningRate, {
    help: "learning rate of all networks",
    otherwise: byPreset("learningRate"),
  }),
  contrast: choiceOption(
    {
      mask: "particles against background",
      particles: "",
      background: "the queries of one kind alone",
      patch: "every place against all others, without masks",
      none: "",
    },
    {
      value: "kind",
      help: "contrastive loss",
      otherwise: "cryogem: mask, cut and fastcut: patch, cyclegan: none",
    },
  ),
  nceWeight: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "weight of the contrastive loss",
      otherwise: `cryogem, correction: ${NCE_WEIGHT.correction}, plain: ${NCE_WEIGHT.plain}; cut: ${TRANSLATOR_DEFAULTS.cut.nceWeight}, fastcut: ${TRANSLATOR_DEFAULTS.fastcut.nceWeight}`,
    },
  ),
  identity: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "weight of what keeps real crops as they are, relative to the contrastive (patch) or the cycle loss",
      otherwise: `cut: ${TRANSLATOR_DEFAULTS.cut.identity}, cyclegan: ${TRANSLATOR_DEFAULTS.cyclegan.identity}, else 0`,
    },
  ),
  cycleWeight: numberOption(
    { above: 0, to: 1000 },
    {
      value: "f",
      help: "of cyclegan: weight of the cycle loss",
      otherwise: `${TRANSLATOR_DEFAULTS.cyclegan.cycleWeight}`,
    },
  ),
  nceVariant: choiceOption(
    { paper: "its equation", public: "as its code computes it" },
    { value: "kind", help: "contrastive loss", otherwise: "paper" },
  ),
  average: numberOption(
    { from: 0, to: 0.9999 },
    {
      value: "f",
      help: "decay a step of the generator's moving average, which is kept; with 0 the last state is",
      otherwise: byPreset("average"),
    },
  ),
  keep: choiceOption(
    {
      last: "of the last step",
      best: "of the checkpoint nearest to a held-out eighth of each real micrograph",
    },
    { value: "which", help: "generator that is kept", otherwise: "last" },
  ),
  calibrate: switchOption({
    help: "fit skewness, kurtosis and spectrum of the output to the real ones",
    offers: "both",
    otherwise: byPreset("calibrate"),
  }),
  trends: switchOption({
    help: "lend the slow gradients of real micrographs to generated ones",
    offers: "both",
    otherwise: byPreset("trends"),
  }),
  unevenness: switchOption({
    help: "vary the noise field's strength over a micrograph as real ones do",
    offers: "both",
    otherwise: byPreset("unevenness"),
  }),
} as const;

const diffusionOptions = {
  samplingSteps: countOption(
    { from: 1, to: 1000 },
    {
      value: "n",
      help: "of cyclediffusion: steps back from the time up to which micrographs are noised",
      otherwise: `fast: ${DIFFUSION_PRESETS.fast.samplingSteps}, paper: ${DIFFUSION_PRESETS.paper.samplingSteps}, every one`,
    },
  ),
  start: countOption(
    { from: 1, to: 999 },
    {
      value: "t",
      help: "of cyclediffusion: that time; more changes more",
      otherwise: String(DIFFUSION_PRESETS.fast.start),
    },
  ),
  eta: numberOption(
    { above: 0, to: 1 },
    {
      value: "f",
      help: "of cyclediffusion: share of fresh noise in a step",
      otherwise: String(DIFFUSION_PRESETS.fast.eta),
    },
  ),
} as const;

export const trainOptions = {
  real: pathsOption({
    value: "files",
    help: "real micrographs, MRC, TIFF or PNG: files, folders or globs",
    required: true,
  }),
  simulated: pathOption({
    value: "dir",
    help: "dataset that `simulate` wrote, without noise",
    required: true,
  }),
  estimates: restated(estimates, {
    help: "what `estimate` measured on the real micrographs",
    otherwise: "their CTFs are fitted",
  }),
  out: pathOption({
    value: "dir",
    help: "model folder to write, or with `resume` to continue",
    required: true,
  }),
  translator: choiceOption(
    {
      cryogem: "",
      cut: "",
      fastcut: "",
      cyclegan: "",
      cyclediffusion: "with networks",
      gaussian: "",
      poisson: "",
      "poisson-gaussian": "",
      "coloured-gaussian": "",
      "real-ice": "without one",
    },
    { value: "kind", help: "translator", otherwise: "cryogem" },
  ),
  snr: numberOption(
    { above: 0 },
    {
      value: "f",
      help: "of the noise field, variance of signal over variance of noise",
      otherwise: `measured for coloured noise and real-ice, else ${SNR}`,
    },
  ),
  dose: restated(microscope.dose, { help: "for poisson", otherwise: "40" }),
  ...networkOptions,
  ...learningOptions,
  ...diffusionOptions,
  every: restated(every, { help: "steps between samples and checkpoints", otherwise: "a twentieth of all" }),
  device,
  threads,
  seed,
  resume,
} as const;

/** What a user may ask of `train`. */
export type TrainOptions = OptionsOf<typeof trainOptions>;

/** Options that only a translator with a network has. */
export const NETWORK_OPTIONS = [
  ...(Object.keys(networkOptions) as (keyof typeof networkOptions)[]),
  ...(Object.keys(learningOptions) as (keyof typeof learningOptions)[]),
  "every",
] as const;

/** Options of networks that cyclediffusion has, by their names in its record. */
export const DIFFUSION_OPTIONS = {
  crop: "crop",
  ngf: "width",
  steps: "steps",
  learningRate: "learningRate",
  accumulate: "accumulate",
  average: "average",
  snr: "snr",
  samplingSteps: "samplingSteps",
  start: "start",
  eta: "eta",
} as const satisfies Partial<Record<keyof typeof trainOptions, keyof DiffusionOptions>>;

/** Options that only cyclediffusion has. */
export const OWN_OF_DIFFUSION = Object.keys(diffusionOptions) as (keyof typeof diffusionOptions)[];

export const trainCommand: CommandSpec<typeof trainOptions> = {
  name: "train",
  summary: "Learn the noise of real micrographs, without labels.",
  options: trainOptions,
  notes: `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (a step a line), samples/*.png (rows of a real
crop, a clean physics crop, the same with noise, and translated) and generator.onnx, the network for other programs; with
\`--keep best\` scores.jsonl too (a checkpoint a line).
Example: cryogem train --real 'micrographs/*.mrc' --simulated simulated --estimates estimates --out model
Paper:   cryogem train --real 'micrographs/*.mrc' --simulated simulated --out model --preset paper`,
};
