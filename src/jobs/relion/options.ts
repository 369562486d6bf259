import { pickRunOptions } from "../pick-run/options.js";
import { refineOptions } from "../refine/options.js";
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
  in_parts: pathOption({ value: "star", help: "particles STAR file to refine; with `in_3dref`" }),
  in_3dref: pathOption({ value: "map", help: "first reference of the refinement" }),
  in_mask: restated(refineOptions.mask, { help: "mask of the refinement, 0 to 1 with a soft edge" }),
  symmetry: restated(refineOptions.symmetry, { help: "of the refinement: point group, Cn, Dn, T, O or I" }),
  threshold: pickRunOptions.threshold,
  device: pickRunOptions.device,
  dataset: pathOption({
    value: "dir",
    help: "folder that `generate` or `simulate` wrote, inside RELION's project: hand it to RELION",
  }),
  form: choiceOption(
    { 3.1: "", 4: "", 5: "" },
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
  summary: "Run as an External job of RELION: pick, refine, or bring in a synthetic dataset.",
  options: relionOptions,
  notes: `
In RELION's External tab the executable is "cryogem relion". It picks input micrographs where Params have the label picker with
a picker's folder, refines input particles against the 3D reference, or brings in a dataset where Params have the label dataset
with its folder. Writes RELION_OUTPUT_NODES.star and RELION_JOB_EXIT_SUCCESS, _FAILURE or _ABORTED. See docs/guide/relion.md.`,
};
