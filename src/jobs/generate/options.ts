import { datasetLabels, storageMode } from "../shared/options/labels.js";
import { device, seed, shard, threads, workers } from "../shared/options/machine.js";
import {
  type CommandSpec,
  numberOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  restated,
} from "../shared/options/option.js";
import { imagingOptions, specimenOptions } from "../simulate/options.js";

/** Options that say what is simulated where no dataset is given. */
export const simulationOptions = { ...specimenOptions, ...imagingOptions, workers } as const;

/** Options of the translation itself. */
export const translationOptions = {
  signal: numberOption(
    { above: 0, to: 1e9 },
    {
      value: "f",
      help:
        "factor on the contrast of the simulated micrographs, but not on the noise, for a map in other units than " +
        "the model was trained with",
      fallback: 1,
    },
  ),
  mode: storageMode,
  labels: datasetLabels,
  seed,
} as const;

export const generateOptions = {
  model: pathOption({
    value: "dir",
    help: "model folder that `train` wrote, or a model.safetensors",
    required: true,
  }),
  out: pathOption({ value: "dir", help: "dataset folder to write, or to continue", required: true }),
  simulated: pathOption({ value: "dir", help: "dataset that `simulate` wrote, without noise" }),
  map: pathsOption({
    value: "files",
    help: "in place of `simulated`: density map to simulate from, with the options of `simulate` below; its dataset goes to OUT-simulated",
  }),
  ...translationOptions,
  device,
  threads,
  ...simulationOptions,
  workers: restated(workers, { help: "threads that simulate", otherwise: "one a core" }),
  shard: restated(shard, { otherwise: "all; shares take `simulated`" }),
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
