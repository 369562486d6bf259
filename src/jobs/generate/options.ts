import { datasetLabels, storageMode } from "../shared/options/labels.js";
import { device, seed, threads, workers } from "../shared/options/machine.js";
import { type CommandSpec, type OptionsOf, pathOption, restated } from "../shared/options/option.js";
import { imagingOptions, simulateOptions, specimenOptions } from "../simulate/options.js";

/** How the noise is made. */
export const translationOptions = {
  model: pathOption({
    value: "dir",
    help: "model folder that `train` wrote, or a model.safetensors",
    required: true,
  }),
  out: pathOption({ value: "dir", help: "dataset folder to write, or to continue", required: true }),
  simulated: pathOption({ value: "dir", help: "dataset that `simulate` wrote, without noise" }),
  mode: storageMode,
  labels: datasetLabels,
  ...{ seed, device, threads },
} as const;

export const generateOptions = {
  ...translationOptions,
  map: restated(simulateOptions.map, {
    help: "in place of `simulated`: density map to simulate from, with the options below; its dataset goes to OUT-simulated",
  }),
  ...specimenOptions,
  ...imagingOptions,
  workers,
} as const;

/** What a user may ask of `generate`. */
export type GenerateOptions = OptionsOf<typeof generateOptions>;

export const generateCommand: CommandSpec<typeof generateOptions> = {
  name: "generate",
  summary: "Give simulated micrographs the noise of real ones; every label stays true.",
  options: generateOptions,
  notes: `
Examples:
  cryogem generate --model model --simulated simulated --out synthetic
  cryogem generate --model model --map map.mrc --estimates estimates --count 100 --out synthetic`,
};
