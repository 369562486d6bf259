import { seed, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  numberOrWordOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";

export const postprocessOptions = {
  half1: pathOption({ help: "first half map, MRC, unfiltered", required: true, positional: true }),
  half2: pathOption({ help: "second half map", required: true, positional: true }),
  out: pathOption({ value: "name", help: "beginning of the names of all files written", required: true }),
  mask: pathOption({
    value: "file",
    help: "mask, 0 to 1, with a soft edge",
    otherwise: "none: the unmasked curve is read",
  }),
  forceMask: switchOption({
    help: "read the corrected curve even where the unmasked one reaches further",
    fallback: false,
  }),
  draws: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "draws of random phases, of which the mean is taken", fallback: 5 },
  ),
  randomiseBelow: numberOption(
    { from: 0, to: 1 },
    { value: "fsc", help: "phases are random from where the unmasked curve falls below this", fallback: 0.8 },
  ),
  randomiseFrom: numberOption(
    { unit: "angstrom", above: 0, to: 10_000 },
    { value: "A", help: "phases are random from this resolution", otherwise: "by `randomiseBelow`" },
  ),
  mtf: pathOption({ value: "file", help: "STAR file of the detector's MTF; the map is divided by it" }),
  mtfPixelSize: restated(microscope.pixelSize, {
    help: "pixel size of the detector, to which the MTF refers",
    otherwise: "the voxel size",
  }),
  bFactor: numberOrWordOption(
    { unit: "square angstrom", from: -10_000, to: 10_000 },
    { auto: "fit" },
    {
      value: "A2",
      help: "B factor, negative to sharpen, 0 for none, or auto: from the slope of the Guinier plot",
      fallback: "fit",
    },
  ),
  fitFrom: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { value: "A", help: "coarsest resolution of the Guinier fit", fallback: 10 },
  ),
  fitTo: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { value: "A", help: "finest resolution of the Guinier fit", otherwise: "as far as the map is weighted" },
  ),
  weighting: switchOption({
    help: "leave out the weights sqrt(2 FSC / (1 + FSC))",
    fallback: true,
    offers: "off",
  }),
  lowPass: numberOrWordOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { resolution: "resolution" },
    {
      value: "A",
      help: "low-pass filter of the map, or resolution: at the one found",
      otherwise: "none beside the weights",
    },
  ),
  localResolution: switchOption({
    help: "map the local resolution, and filter the map by it",
    fallback: false,
  }),
  localSampling: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { value: "A", help: "distance between the places of local resolution", fallback: 25 },
  ),
  anisotropy: switchOption({ help: "map the resolution by direction", fallback: false }),
  particles: pathOption({
    value: "file",
    help: "STAR or .cs file of the particles in the map: draws their orientations",
  }),
  seed,
  workers,
} as const;

/** What a user may ask of `postprocess`. */
export type PostprocessJobOptions = OptionsOf<typeof postprocessOptions>;
export type PostprocessPlan = ResolvedOptions<typeof postprocessOptions>;

export const postprocessCommand: CommandSpec<typeof postprocessOptions> = {
  name: "postprocess",
  summary: "Measure the resolution of two half maps, and sharpen their mean.",
  options: postprocessOptions,
  notes: `
Writes name.mrc, name_masked.mrc, name_half1_unfil.mrc and name_half2_unfil.mrc for a deposition, name.star as relion_postprocess
writes it, name_fsc.xml for the EMDB, name_fsc.csv, and figures name_fsc.svg and name_guinier.svg. With --local-resolution also
name_locres.mrc, name_locres_filtered.mrc and name_locres.svg, with --anisotropy name_directions.svg and .csv, with --particles
name_orientations.svg. By the rules of relion_postprocess (docs/guide/maps.md).
Example: cryogem postprocess half1.mrc half2.mrc --mask mask.mrc --out post/map`,
};
