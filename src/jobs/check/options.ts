import { workers } from "../shared/options/machine.js";
import { type CommandSpec, type OptionsOf, pathOption } from "../shared/options/option.js";

export const checkOptions = {
  project: pathOption({ help: "project file, as `init` writes it", positional: true, required: true }),
  out: pathOption({ value: "dir", help: "folder for the results", otherwise: "that of the project file" }),
  workers,
} as const;

/** What a user may ask of `check`. */
export type CheckOptions = OptionsOf<typeof checkOptions>;

export const checkCommand: CommandSpec<typeof checkOptions> = {
  name: "check",
  summary: "Look at a project's data before hours are spent on them.",
  options: checkOptions,
  notes: `
Says what is wrong or doubtful, with a picture and what to do: pixel sizes that disagree, a map of inverted contrast or of another size,
micrographs that are empty, denoised, stretched to 8 bits, white where protein should be dark, or unlike the others. Micrographs
that cannot be used are set aside with the reason; \`run\` does the same check first and does not learn from these.
Example: cryogem check project.yaml`,
};
