import { countOption, numberOption, pathOption } from "./option.js";

/** Where a training leaves its model. */
export const modelFolder = pathOption({
  value: "dir",
  help: "model folder to write, or with `resume` to continue",
  required: true,
});

export const steps = countOption({ from: 1, to: 10_000_000 }, { value: "n", help: "steps of the training" });

export const learningRate = numberOption({ from: 1e-7, to: 1 }, { value: "f", help: "learning rate" });

/** How often a training says where it stands; it leaves no trace in the model. */
export const every = countOption(
  { from: 1, to: 10_000_000 },
  { value: "n", help: "steps between checkpoints", role: "machine" },
);

/** Channels of a network's first layer. */
export const channels = countOption(
  { from: 1, to: 512 },
  { value: "n", help: "channels of the first layer" },
);
