import { PICKER_DEFAULTS as standard, PICKER_TUNING as tuning } from "../../pick/defaults.js";
import { device, resume, seed, threads } from "../shared/options/machine.js";
import { micrographs } from "../shared/options/micrographs.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { channels, every, learningRate, modelFolder, steps } from "../shared/options/training.js";

const dataOptions = {
  dataset: pathsOption({
    value: "dirs",
    help: "datasets that `generate` or `simulate` wrote, several are mixed",
  }),
  micrographs: restated(micrographs, {
    help: "labelled micrographs, MRC, PNG or TIFF: files, folders or globs",
  }),
  coordinates: pathsOption({
    value: "files",
    help: "their particles, .star, .cs, .txt (Topaz), .box, .cbox, .json (COCO, EMAN2), .csv: files, folders or globs",
  }),
  negatives: pathsOption({
    value: "files",
    help: "images without any particle: empty ice, carbon, contaminants",
  }),
  pixelSize: restated(microscope.pixelSize, {
    help: "pixel size of `micrographs`",
    otherwise: "from the files",
  }),
  coordinatesPixelSize: restated(microscope.pixelSize, {
    help: "pixel size of `coordinates`",
    otherwise: "the micrographs'",
  }),
  particleDiameter: restated(microscope.particleDiameter, {
    otherwise: "the dataset's, or the picker's of `from`",
  }),
  positiveUnlabelled: numberOption(
    { from: 1, to: 100_000 },
    {
      value: "n",
      help: "for incomplete labels: number of particles expected on a micrograph (Topaz's GE-binomial)",
      otherwise: "labels are complete",
    },
  ),
  out: modelFolder,
} as const;

const networkOptions = {
  from: pathOption({ value: "model", help: "trained picker to tune, folder or file" }),
  network: choiceOption(
    { resnet: "", unet: "" },
    { value: "kind", help: "network", otherwise: standard.network },
  ),
  width: restated(channels, { otherwise: String(standard.width) }),
  workingDiameter: numberOption(
    { unit: "pixels", from: 8, to: 64 },
    {
      value: "px",
      help: "pixels across a particle once images are rescaled",
      otherwise: String(standard.workingDiameter),
    },
  ),
  crop: countOption(
    { unit: "of those pixels", from: 32, to: 2048 },
    { value: "px", help: "side of the crops", otherwise: String(standard.crop) },
  ),
  batch: countOption(
    { from: 1, to: 256 },
    { value: "n", help: "crops a step", otherwise: String(standard.batch) },
  ),
} as const;

const learningOptions = {
  steps: restated(steps, { otherwise: `${standard.steps}, with \`from\` ${tuning.steps}` }),
  learningRate: restated(learningRate, {
    otherwise: `${standard.learningRate}, with \`from\` ${tuning.learningRate}`,
  }),
  augment: switchOption({
    help: "leave contrast, noise and size of the crops as they are, turn by quarters only",
    fallback: true,
    offers: "off",
  }),
  contaminants: numberOption(
    { from: 0, to: 1 },
    {
      value: "f",
      help: "share of crops that get a made-up contaminant, which is no particle",
      otherwise: String(standard.contaminants),
    },
  ),
  validation: numberOption(
    { from: 0, to: 0.9 },
    {
      value: "f",
      help: "share of the labelled micrographs kept to validate; of fewer than 4 none is",
      fallback: 0.1,
    },
  ),
} as const;

export const pickTrainOptions = {
  ...dataOptions,
  ...networkOptions,
  ...learningOptions,
  every: restated(every, { otherwise: "a tenth of all" }),
  ...{ device, threads, seed, resume },
} as const;

/** What a user may ask of `pick train`. */
export type PickTrainOptions = OptionsOf<typeof pickTrainOptions>;
export type ResolvedPickTrainOptions = ResolvedOptions<typeof pickTrainOptions>;

export const pickTrainCommand: CommandSpec<typeof pickTrainOptions> = {
  name: "pick train",
  summary: "Train a particle picker on labelled micrographs, synthetic or real.",
  options: pickTrainOptions,
  notes: `
The model folder holds model.safetensors, checkpoint.safetensors, metrics.jsonl (a step a line) and validation.jsonl (scores on
labelled micrographs kept apart, a checkpoint a line).
Synthetic: cryogem pick train --dataset synthetic --out picker
Real:      cryogem pick train --micrographs 'm/*.mrc' --coordinates 'm/*.star' --particle-diameter 130 --out picker
Few real:  cryogem pick train --from picker --micrographs m/1.mrc --coordinates m/1.star --out tuned`,
};
