import type { PickerOptions } from "./options.js";

/** What trains a good picker on two CPU cores in a minute or two. */
export const PICKER_DEFAULTS: Omit<PickerOptions, "seed"> = {
  network: "resnet",
  width: 24,
  workingDiameter: 24,
  crop: 128,
  batch: 4,
  steps: 1000,
  learningRate: 2e-3,
  average: 0.99,
  augment: true,
  contaminants: 0.3,
  negatives: 0.25,
  expectedParticles: null,
};

/** Of a picker that is tuned: it knows most already. */
export const PICKER_TUNING = { steps: 200, learningRate: 5e-4 } as const;
