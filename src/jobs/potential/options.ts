import { pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  restated,
  switchOption,
  textOption,
} from "../shared/options/option.js";

/** Which atoms of a model, and the grid of their map. */
export const modelMapOptions = {
  model: pathOption({ value: "file", help: "atomic model, PDB or mmCIF, also .gz", required: true }),
  pixelSize: restated(pixelSize, { help: "voxel size of the map", required: true }),
  box: countOption(
    { unit: "voxels", from: 16, to: 2048 },
    { value: "voxels", help: "side of the map", otherwise: "1.5 diameters" },
  ),
  resolution: numberOption(
    { unit: "angstrom", from: 0.2, to: 1000 },
    { value: "A", help: "cut-off, at least two voxels", otherwise: "two voxels" },
  ),
  assembly: textOption({
    value: "id",
    help: "biological assembly to build; none for the atoms as they are; models for all models of the file together",
    otherwise: "the file's first",
  }),
  modelNumber: countOption(
    { from: 1, to: 1_000_000 },
    { value: "n", help: "which of several models in the file", otherwise: "the first" },
  ),
  bFactors: switchOption({
    help: "blur each atom by its own B factor (not for predicted models, which keep a confidence there)",
    fallback: false,
  }),
  waters: switchOption({ help: "keep water molecules", fallback: false }),
  minimumConfidence: numberOption(
    { from: 0, to: 100 },
    {
      value: "pLDDT",
      help: "of a predicted model: leave out atoms whose confidence is below it",
      otherwise: "all are kept",
    },
  ),
} as const;

const { model, pixelSize: voxels, ...grid } = modelMapOptions;

export const potentialOptions = {
  model,
  pixelSize: voxels,
  out: pathOption({
    value: "map.mrc",
    help: "map to write; a name that ends in .gz is packed",
    required: true,
  }),
  ...grid,
} as const;

/** What a user may ask of `potential`. */
export type PotentialOptions = OptionsOf<typeof potentialOptions>;

export const potentialCommand: CommandSpec<typeof potentialOptions> = {
  name: "potential",
  summary: "Turn an atomic model into a density map: its electrostatic potential, in volt.",
  options: potentialOptions,
  notes: `
Example: cryogem potential --model 2za7.pdb --pixel-size 1.5 --out apoferritin.mrc`,
};
