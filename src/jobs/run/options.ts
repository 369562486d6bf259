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
    help: "do the stages that have shares on a cluster with Slurm, as arrays of jobs with these options of `submit`, and wait for them",
    otherwise: "all is done here",
  }),
  plan: switchOption({ help: "only say how each stage stands and which command it is", fallback: false }),
} as const;

/** What a user may ask of `run`. */
export type RunOptions = OptionsOf<typeof runOptions>;

export const runCommand: CommandSpec<typeof runOptions> = {
  name: "run",
  summary:
    "Go the whole way of a project: from raw micrographs to synthetic ones, a picker, picks, a map and a report.",
  options: runOptions,
  notes: `
Each stage is a command with a folder of its own beside the project file. A stage is left as it is where its options and the
contents of its inputs are unchanged, and done again, with all that depends on it, where they are not; what it had written then is
kept beside it. Stopped at any moment, the same command goes on. It ends with the picks, or where the file says \`goal: map\` with a
map refined from them, its resolution, and its correlation with the given structure.
Examples:
  cryogem run project.yaml
  cryogem run project.yaml --plan
  cryogem run project.yaml --from train --to generate
  cryogem run project.yaml --submit "--shards 32 --time 2:00:00"`,
};
