import { device, seed } from "../shared/options/machine.js";
import {
  type CommandSpec,
  type OptionsOf,
  pathOption,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { steps } from "../shared/options/training.js";

export const demoOptions = {
  out: pathOption({ value: "dir", help: "folder to write, or to continue", fallback: "demo" }),
  map: switchOption({
    help: "go on to picks, particles and an octahedral map, with its resolution and its correlation with PDB 2ZA7",
    fallback: false,
  }),
  seed,
  steps: restated(steps, { help: "training steps", otherwise: "the preset's" }),
  device,
} as const;

/** What a user may ask of `demo`. */
export type DemoOptions = OptionsOf<typeof demoOptions>;

export const demoCommand: CommandSpec<typeof demoOptions> = {
  name: "demo",
  summary: "Run the bundled apoferritin example from beginning to end; writes report.html.",
  options: demoOptions,
  notes: `
It is the project examples/apoferritin-10146/project.yaml: \`cryogem run\` does the same with a project of your own.
With --map it is that project with \`goal: map\`; in a folder that \`cryogem demo\` finished it does what is left.`,
};
