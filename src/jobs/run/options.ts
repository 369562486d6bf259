import {
  type CommandSpec,
  type OptionsOf,
  pathOption,
  switchOption,
  textOption,
} from "../shared/options/option.js";

export const runOptions = {
  project: pathOption({
    help: "project file, as `init` writes it",
    positional: true,
    required: true,
  }),
  out: pathOption({ value: "dir", help: "folder for the results", otherwise: "that of the project file" }),
  from: textOption({
    value: "stage",
    help: "first stage to do; those before it stay as they are",
    otherwise: "the first",
  }),
  to: textOption({ value: "stage", help: "last stage to do", otherwise: "the last" }),
  submit: textOption({
    value: "options",
    help:
      "do the stages that have shares on a cluster with Slurm, as arrays of jobs with these options of " +
      "the command submit, and wait for them",
    otherwise: "all is done here",
  }),
  plan: switchOption({ help: "only print the state of each stage and its command", fallback: false }),
} as const;

/** What a user may ask of `run`. */
export type RunOptions = OptionsOf<typeof runOptions>;

export const runCommand: CommandSpec<typeof runOptions> = {
  name: "run",
  summary:
    "Run a whole project: from raw micrographs to synthetic ones, a picker, picks, a map and a report.",
  options: runOptions,
  notes: `
Each stage is a command with a folder of its own beside the project file. A stage is not repeated while its options and the
contents of its inputs are unchanged. When they change, the stage and all that depends on it are done again, and the earlier results
are kept beside the new ones. The command can be stopped at any moment; started again, it continues. It ends with the picks. With
\`goal: map\` in the file it ends with a map refined from them, its resolution, and its correlation with the given structure.
Examples:
  cryogem run project.yaml
  cryogem run project.yaml --plan
  cryogem run project.yaml --from train --to generate
  cryogem run project.yaml --submit "--shards 32 --time 2:00:00"`,
};
