import { countOption, numberOption } from "./option.js";

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
