import { seed } from "../shared/options/machine.js";
import {
  type CommandSpec,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  restated,
} from "../shared/options/option.js";
import { symmetry } from "../shared/options/particles.js";

export const poseScoreOptions = {
  poses: pathsOption({
    value: "files",
    help: "poses to score, of the same images: STAR or .cs files, as `pose run`, `refine`, RELION or cryoSPARC write them",
    required: true,
  }),
  truth: pathOption({
    value: "file",
    help: "the true poses: STAR or .cs file; images are matched by their numbers and stacks",
    required: true,
  }),
  symmetry: restated(symmetry, {
    help: "point group of the map, over which errors are the least: Cn, Dn, T, O or I",
    fallback: "C1",
  }),
  out: pathOption({
    value: "dir",
    help: "folder for tables (CSV, JSON), the errors of each particle, and their distribution (SVG)",
  }),
  seed,
} as const;

/** What a user may ask of `pose score`. */
export type PoseScoreOptions = OptionsOf<typeof poseScoreOptions>;
export type ResolvedPoseScoreOptions = ResolvedOptions<typeof poseScoreOptions>;

export const poseScoreCommand: CommandSpec<typeof poseScoreOptions> = {
  name: "pose score",
  summary: "Score orientations and shifts of particles against true ones.",
  options: poseScoreOptions,
  notes: `
Prints the protocol with the scores, beside random poses and the best constant pose; docs/guide/poses.md explains it.
Example: cryogem pose score --poses poses.star refined/run_data.star --truth test.star --symmetry O --out pose-scores`,
};
