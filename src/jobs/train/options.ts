import { NCE_WEIGHT, PRESETS } from "../../translate/presets.js";
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
import { channels, every, learningRate, steps } from "../shared/options/training.js";

/** Signal over noise variance of white noise fields that are given none, as in the paper. */
export const SNR = 0.1;
const { fast, paper } = PRESETS;

/** What both presets choose, for the help. */
function chosen(name: keyof typeof fast): string {
  const word = (value: unknown): string =>
    typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  return `fast: ${word(fast[name])}, paper: ${word(paper[name])}`;
}

const dataOptions = {
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
      cryogem: "a network",
      ...{ gaussian: "", poisson: "", "poisson-gaussian": "", "coloured-gaussian": "" },
    },
    { value: "kind", help: "translator", fallback: "cryogem" },
  ),
  snr: numberOption(
    { above: 0 },
    {
      value: "f",
      help: "signal over noise variance of the noise field",
      otherwise: `measured if coloured, else ${SNR}`,
    },
  ),
  dose: restated(microscope.dose, { help: "dose, for poisson", otherwise: "40" }),
} as const;

const networkOptions = {
  preset: choiceOption(
    { fast: "two CPU cores, minutes", paper: "the sizes and design of Zhang et al. 2024" },
    { value: "name", help: "preset", otherwise: "fast" },
  ),
  crop: countOption(
    { unit: "pixels", from: 32, to: 8192 },
    { value: "px", help: "side of the crops", otherwise: chosen("crop") },
  ),
  ngf: restated(channels, {
    help: "channels of the generator's first layer",
    otherwise: chosen("ngf"),
  }),
  ndf: restated(channels, {
    help: "channels of the discriminator's first layer",
    otherwise: chosen("ndf"),
  }),
  widest: countOption(
    { from: 1, to: 16 },
    { value: "n", help: "widest layers over the first", otherwise: chosen("widest") },
  ),
  depth: countOption(
    { from: 2, to: 12 },
    { value: "n", help: "halvings in the generator", otherwise: "6, or down to one pixel" },
  ),
  generator: choiceOption(
    { correction: "adds to its input", plain: "makes the image" },
    { value: "kind", help: "generator", otherwise: chosen("generator") },
  ),
  upsampling: choiceOption(
    { resize: "leaves no lattice", transposed: "convolution" },
    { value: "kind", help: "up-sampling", otherwise: chosen("upsampling") },
  ),
  discriminators: countOption(
    { from: 1, to: 2 },
    {
      value: "n",
      help: "discriminators: 1 on pixels; 2 on means of 4 x 4 pixels too",
      otherwise: chosen("discriminators"),
    },
  ),
  noise: choiceOption(
    {
      matched: "to background, Thon rings and strength of the signal",
      coloured: "to the spectrum",
      white: "",
    },
    { value: "kind", help: "noise field", otherwise: chosen("noise") },
  ),
} as const;

const learningOptions = {
  steps: restated(steps, { otherwise: chosen("steps") }),
  accumulate: countOption(
    { from: 1, to: 256 },
    {
      value: "n",
      help: "crops a step: averages their gradients in the memory of one",
      otherwise: String(fast.accumulate),
    },
  ),
  learningRate: restated(learningRate, {
    help: "learning rate of all networks",
    otherwise: chosen("learningRate"),
  }),
  nceWeight: numberOption(
    { from: 0, to: 1000 },
    {
      value: "f",
      help: "weight of the contrastive loss",
      otherwise: `correction: ${NCE_WEIGHT.correction}, plain: ${NCE_WEIGHT.plain}`,
    },
  ),
  nceVariant: choiceOption(
    { paper: "its equation", public: "as its code computes it" },
    { value: "kind", help: "contrastive loss", otherwise: fast.nceVariant },
  ),
  average: numberOption(
    { from: 0, to: 0.9999 },
    {
      value: "f",
      help: "decay a step of the generator's moving average, which is kept; with 0 the last state is",
      otherwise: chosen("average"),
    },
  ),
  calibrate: switchOption({
    help: "fit skewness, kurtosis and spectrum of the output to the real ones",
    otherwise: chosen("calibrate"),
    offers: "both",
  }),
  trends: switchOption({
    help: "lend the slow gradients of real micrographs to generated ones",
    otherwise: chosen("trends"),
    offers: "both",
  }),
  unevenness: switchOption({
    help: "vary the strength of the noise field over a micrograph as real ones do",
    otherwise: chosen("unevenness"),
    offers: "both",
  }),
} as const;

/** Options that only a translator with a network has. */
export const networkOnlyOptions = {
  ...networkOptions,
  ...learningOptions,
  every: restated(every, {
    help: "steps between samples and checkpoints",
    otherwise: "a twentieth of all",
  }),
} as const;

export const trainOptions = {
  ...dataOptions,
  ...networkOnlyOptions,
  ...{ device, threads, seed, resume },
} as const;

/** What a user may ask of `train`. */
export type TrainOptions = OptionsOf<typeof trainOptions>;

export const trainCommand: CommandSpec<typeof trainOptions> = {
  name: "train",
  summary: "Learn the noise of real micrographs, without labels.",
  options: trainOptions,
  notes: `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (a step a line), samples/*.png (rows of a real
crop, a clean physics crop, the same with noise, and translated) and generator.onnx, the network for other programs.
Example: cryogem train --real 'micrographs/*.mrc' --simulated simulated --estimates estimates --out model
Paper:   cryogem train --real 'micrographs/*.mrc' --simulated simulated --out model --preset paper`,
};
