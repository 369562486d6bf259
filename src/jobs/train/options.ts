import type { DiffusionOptions } from "../../translate/diffusion/options.js";
import { device, resume, seed, threads } from "../shared/options/machine.js";
import { estimates } from "../shared/options/micrographs.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
} from "../shared/options/option.js";
import { every, modelFolder } from "../shared/options/training.js";
import { diffusionOptions } from "./options/diffusion.js";
import { learningOptions } from "./options/learning.js";
import { networkOptions } from "./options/network.js";

/** Of white noise, where nobody says another: the paper's. */
export const SNR = 0.1;

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
  out: modelFolder,
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
