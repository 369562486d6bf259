import { seed, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";
import { symmetry } from "../shared/options/particles.js";

export const reconstructOptions = {
  particles: pathOption({
    value: "file",
    help: "particles with orientations and CTF: STAR of RELION 3.0 and newer, or .cs of cryoSPARC",
    required: true,
  }),
  out: pathOption({ value: "folder", help: "folder to write", required: true }),
  images: pathOption({
    value: "folder",
    help: "folder in which the names of the stacks begin",
    otherwise: "beside the particles, then the working folder",
  }),
  symmetry: restated(symmetry, {
    help: "point group: C1, C2, …, D2, …, T, O, I, I1 to I4 in RELION's settings",
    fallback: "C1",
  }),
  halves: switchOption({
    help: "half maps by rlnRandomSubset beside the map (default: where the particles have half sets)",
    offers: "both",
  }),
  half: choiceOption({ "1": "", "2": "" }, { value: "set", help: "only the map of one half set" }),
  ctf: switchOption({ help: "take images as if they had no CTF", fallback: true, offers: "off" }),
  skipGridding: switchOption({
    help: "divide by the weights themselves, floored at a thousandth of their mean at the resolution",
    fallback: false,
  }),
  wiener: pathOption({
    value: "file",
    help: "FSC of half maps for a Wiener filter: .csv of `fsc` or `postprocess`, the EMDB's .xml, or RELION's STAR",
  }),
  maxResolution: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { value: "A", help: "finest resolution to reconstruct", otherwise: "Nyquist" },
  ),
  mtf: pathOption({
    value: "file",
    help: "STAR file of the detector's MTF, by which images are divided",
    otherwise: "where optics groups have several, each over their mean",
  }),
  mtfPixelSize: restated(microscope.pixelSize, {
    help: "pixel size of the detector, to which `mtf` refers",
    otherwise: "the images' own",
  }),
  byNumber: countOption(
    { from: 1, to: 100 },
    {
      value: "orders",
      help: "resolution over the number of particles, of subsets drawn in so many random orders, with its B factor; needs half sets",
    },
  ),
  mask: pathOption({
    value: "file",
    help: "mask under which `byNumber` compares half maps",
    otherwise: "none",
  }),
  seed: restated(seed, { help: "seed of the random orders of `byNumber`", fallback: 1 }),
  workers: restated(workers, { help: "threads; the result depends on them in its last digits only" }),
} as const;

/** What a user may ask of `reconstruct`. */
export type ReconstructOptions = OptionsOf<typeof reconstructOptions>;
export type ResolvedReconstructOptions = ResolvedOptions<typeof reconstructOptions>;

export const reconstructCommand: CommandSpec<typeof reconstructOptions> = {
  name: "reconstruct",
  summary: "Compute the map of particles whose orientations are known.",
  options: reconstructOptions,
  notes: `
Writes map.mrc, half1.mrc and half2.mrc, and reconstruct.json with what was used; with --by-number also by_number.csv and
by_number.svg. Maps are made by the rules of relion_reconstruct --ctf (docs/guide/reconstruction.md). A stopped command begins again:
10,000 images of 128 x 128 take less than a minute.
Example: cryogem reconstruct --particles refined.star --symmetry O --out map`,
};
