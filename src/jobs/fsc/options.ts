import { type CommandSpec, type OptionsOf, pathOption } from "../shared/options/option.js";

export const fscOptions = {
  map: pathOption({
    help: "a half map or a map to judge: MRC, also packed, or HDF5 of EMAN2",
    required: true,
    positional: true,
  }),
  other: pathOption({
    help: "map of the same size and voxel size: the other half map, or the truth",
    required: true,
    positional: true,
  }),
  mask: pathOption({
    value: "map",
    help: "map of 0 to 1: both maps are multiplied by it first; it needs a soft edge, or the mask itself correlates",
  }),
  out: pathOption({
    value: "name",
    help: "beginning of the names of a CSV table and an SVG figure to write",
  }),
} as const;

/** What a user may ask of `fsc`. */
export type FscOptions = OptionsOf<typeof fscOptions>;

export const fscCommand: CommandSpec<typeof fscOptions> = {
  name: "fsc",
  summary: "Fourier shell correlation of two maps, with its resolution.",
  options: fscOptions,
  notes: `
0.143 is the threshold between half maps, 0.5 between a map and the truth.
Example: cryogem fsc half1.mrc half2.mrc --mask mask.mrc --out fsc`,
};
