import { device, seed } from "../shared/options/machine.js";
import { type CommandSpec, type OptionsOf, pathOption, restated } from "../shared/options/option.js";
import { steps } from "../shared/options/training.js";

export const demoOptions = {
  out: pathOption({ value: "dir", help: "folder to write, or to continue", fallback: "demo" }),
  seed,
  steps: restated(steps, { otherwise: "the preset's" }),
  device,
} as const;

/** What a user may ask of `demo`. */
export type DemoOptions = OptionsOf<typeof demoOptions>;

export const demoCommand: CommandSpec<typeof demoOptions> = {
  name: "demo",
  summary: "Go the whole way on the bundled apoferritin example; writes report.html.",
  options: demoOptions,
  notes: "",
};
