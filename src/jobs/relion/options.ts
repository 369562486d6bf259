import { pickRunOptions } from "../pick-run/options.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  type OptionsOf,
  pathOption,
  restated,
} from "../shared/options/option.js";

export const relionOptions = {
  o: pathOption({ value: "dir", help: "folder of the job, as RELION gives it", required: true }),
  // RELION's own spelling
  in_mics: pathOption({ value: "star", help: "micrographs STAR file to pick in; with `picker`" }),
  picker: pathOption({ value: "path", help: "folder that `pick train` wrote: find particles with it" }),
  threshold: pickRunOptions.threshold,
  device: pickRunOptions.device,
  dataset: pathOption({
    value: "dir",
    help: "folder that `generate` or `simulate` wrote, inside RELION's project: hand it to RELION",
  }),
  form: choiceOption(
    { 3.1: "", 4: "and newer" },
    {
      value: "version",
      help: "RELION that reads the results",
      otherwise: "as the project's default_pipeline.star has it; 4 without one",
    },
  ),
  pipeline_control: pathOption({
    value: "dir",
    help: "folder of the job again, as RELION adds it to a command with `relion_` in it",
    otherwise: "as `o`",
  }),
  j: restated(countOption({ from: 1, to: 1024 }, { value: "n", help: "threads", role: "machine" }), {
    otherwise: "one a core",
  }),
} as const;

/** What a user may ask of `relion`. */
export type RelionOptions = OptionsOf<typeof relionOptions>;

export const relionCommand: CommandSpec<typeof relionOptions> = {
  name: "relion",
  summary: "Be an External job of RELION: picks, or a synthetic dataset, in its pipeline.",
  options: relionOptions,
  notes: `
RELION's External tab: executable "cryogem relion", input micrographs, and under Params the label picker with a picker's folder, or the
label dataset with a dataset's folder. Writes RELION_OUTPUT_NODES.star and RELION_JOB_EXIT_SUCCESS, _FAILURE or _ABORTED. See docs/relion.md.`,
};
