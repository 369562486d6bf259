import {
  type CommandSpec,
  choiceOption,
  type OptionsOf,
  pathOption,
  switchOption,
} from "../shared/options/option.js";

export const fscOptions = {
  map: pathOption({
    help: "a half map or a map to judge: MRC, also packed, or HDF5 of EMAN2",
    required: true,
    positional: true,
  }),
  other: pathOption({
    help:
      "the other half map or the truth, of the same size and voxel size; or an atomic model (PDB, mmCIF), whose " +
      "potential is aligned to the first map",
    required: true,
    positional: true,
  }),
  mask: pathOption({
    value: "map",
    help: "map of 0 to 1: both maps are multiplied by it first; it needs a soft edge, or the mask itself correlates",
  }),
  align: switchOption({
    help: "first turn and move the second map onto the first; it may then have another size and voxel size",
    fallback: false,
  }),
  hand: choiceOption(
    { both: "the better one is taken", same: "", mirrored: "" },
    { value: "hand", help: "hands that an alignment tries", fallback: "both" },
  ),
  out: pathOption({
    value: "name",
    help: "beginning of the names of a CSV table, an SVG figure and the aligned map to write",
  }),
} as const;

/** What a user may ask of `fsc`. */
export type FscOptions = OptionsOf<typeof fscOptions>;

export const fscCommand: CommandSpec<typeof fscOptions> = {
  name: "fsc",
  summary: "Compute the Fourier shell correlation of two maps, and the resolution that it gives.",
  options: fscOptions,
  notes: `
0.143 is the threshold between half maps, 0.5 between a map and the truth. The mask lies on the first map, and is applied after an
alignment. Do not align half maps: it fits their noise.
Example: cryogem fsc half1.mrc half2.mrc --mask mask.mrc --out fsc
         cryogem fsc map.mrc 2za7.pdb --out against-model`,
};
