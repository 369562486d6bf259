import { seed, workers } from "../shared/options/machine.js";
import { pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  countOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
} from "../shared/options/option.js";

export const realismOptions = {
  real: pathsOption({
    value: "files",
    help: "real micrographs, MRC or PNG: files, folders, globs; at best kept out of training",
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
    help: "PNG masks of the particles in the real micrographs, under their names: adds the noise's autocorrelation",
  }),
  pixelSize: restated(pixelSize, {
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
  seed: restated(seed, { help: "seed of the patches drawn and of the white noise", fallback: 1 }),
  workers,
} as const;

/** What a user may ask of `evaluate realism`. */
export type RealismOptions = OptionsOf<typeof realismOptions>;

export const realismCommand: CommandSpec<typeof realismOptions> = {
  name: "evaluate realism",
  summary: "Score how near synthetic micrographs come to real ones.",
  options: realismOptions,
  notes: `
Every measure stands beside real against real (the floor) and white noise (the ceiling); docs/evaluation.md explains them.
Example: cryogem evaluate realism --real "held-out/*.mrc" --synthetic synthetic baseline --out scores`,
};
