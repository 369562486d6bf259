import { device, seed, threads, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
  switchOption,
} from "../shared/options/option.js";

export const evaluateOptions = {
  real: pathsOption({
    value: "files",
    help: "real micrographs, at best kept out of training: files, folders or globs",
    required: true,
  }),
  synthetic: pathsOption({
    value: "sets",
    help: "each a dataset folder, or a folder or glob of micrographs",
    required: true,
  }),
  out: pathOption({
    value: "dir",
    help: "folder for tables (txt, CSV, JSON) and figures (SVG)",
    required: true,
  }),
  realMasks: pathOption({
    value: "dir",
    help:
      "PNG masks of the particles in the real micrographs, under their names: adds the noise's autocorrelation, and to " +
      "the classifier its accuracy on particles and between them",
  }),
  pixelSize: restated(microscope.pixelSize, {
    help: "pixel size of all micrographs",
    otherwise: "from the first real one",
  }),
  patch: countOption(
    { unit: "pixels", from: 16, to: 4096 },
    { value: "pixels", help: "side of a patch", otherwise: "about 96 angstrom" },
  ),
  tile: countOption(
    { unit: "pixels", from: 128, to: 8192 },
    { value: "pixels", help: "side of the spectra's tiles, a multiple of 8", otherwise: "256" },
  ),
  classifier: switchOption({
    help: "train fresh networks to tell each set from the real micrographs too, half of which they never see",
    fallback: false,
  }),
  classifierPatch: countOption(
    { unit: "pixels", from: 32, to: 1024 },
    { value: "pixels", help: "side of the classifier's patches, a multiple of 32", fallback: 96 },
  ),
  classifierSteps: countOption(
    { from: 1, to: 1_000_000 },
    { value: "n", help: "steps of a classifier's training", fallback: 400 },
  ),
  classifierSeeds: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "classifiers for each comparison, each with halves of its own", fallback: 3 },
  ),
  extractor: pathOption({
    value: "model.onnx",
    help: "score by FID and KID in the features of this network too, any that takes images",
  }),
  extractorRange: choiceOption(
    { unit: "0 to 1", signed: "-1 to 1", imagenet: "PyTorch's mean and deviation of its colours" },
    { value: "kind", help: "grey levels that the extractor was trained with", fallback: "unit" },
  ),
  extractorPatch: countOption(
    { unit: "pixels", from: 16, to: 4096 },
    { value: "pixels", help: "side of its patches", otherwise: "what the model says, or 128" },
  ),
  extractorPatches: countOption(
    { from: 8, to: 100_000 },
    { value: "n", help: "patches of the extractor on each side of every comparison", fallback: 256 },
  ),
  seed: restated(seed, {
    help: "seed of the patches drawn, of the white noise and of the classifiers",
    fallback: 1,
  }),
  ...{ device, threads, workers },
} as const;

/** What a user may ask of `evaluate realism`. */
export type EvaluateOptions = OptionsOf<typeof evaluateOptions>;

export const evaluateCommand: CommandSpec<typeof evaluateOptions> = {
  name: "evaluate realism",
  summary: "Score how near synthetic micrographs come to real ones.",
  options: evaluateOptions,
  notes: `
Every score is printed beside that of real micrographs against other real ones (the floor) and that of white noise (the ceiling);
docs/results/evaluation.md explains the scores.
Example: cryogem evaluate realism --real "held-out/*.mrc" --synthetic synthetic baseline --out scores`,
};
