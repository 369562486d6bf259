import {
  type CommandSpec,
  numberOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
} from "../shared/options/option.js";

export const maskOptions = {
  map: pathOption({ value: "file", help: "density map, MRC, particle white", required: true }),
  out: pathOption({ value: "file", help: "mask to write, MRC", required: true }),
  threshold: numberOption(
    {},
    {
      value: "density",
      help: "density from which on a voxel belongs to the particle",
      otherwise: "chosen between solvent and particle",
    },
  ),
  lowPass: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    {
      value: "A",
      help: "low-pass filter of the map before the threshold",
      otherwise: "15 where the threshold is chosen, else none",
    },
  ),
  extend: numberOption(
    { unit: "voxels", from: -1000, to: 1000 },
    { value: "px", help: "voxels by which the region grows, or shrinks where negative", fallback: 3 },
  ),
  softEdge: numberOption(
    { unit: "voxels", from: 0, to: 1000 },
    { value: "px", help: "width of the raised-cosine edge beyond it", fallback: 6 },
  ),
} as const;

/** What a user may ask of `mask`. */
export type MaskJobOptions = OptionsOf<typeof maskOptions>;
export type MaskPlan = ResolvedOptions<typeof maskOptions>;

export const maskCommand: CommandSpec<typeof maskOptions> = {
  name: "mask",
  summary: "Make a soft mask of a density map.",
  options: maskOptions,
  notes: `
Each voxel has the value that relion_mask_create gives it with the same threshold, extension and edge (docs/guide/maps.md).
Example: cryogem mask --map map.mrc --out mask.mrc`,
};
