import { device, seed } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  choiceOption,
  choicesOption,
  countOption,
  numberOrWordOption,
  type OptionsOf,
  pathOption,
  pathsOption,
  type ResolvedOptions,
  restated,
  textOption,
  textsOption,
} from "../shared/options/option.js";
import { symmetry } from "../shared/options/particles.js";

/** What a project file says at its top: the data, the microscope, the particle. The stages' own options stand below. */
export const projectOptions = {
  title: textOption({ help: "heading of the report", fallback: "Synthetic micrographs" }),
  micrographs: pathsOption({
    help: "raw micrographs, motion-corrected, protein dark: files, folders or globs, relative to the project file",
    required: true,
  }),
  heldOut: pathsOption({
    help: "micrographs that take no part in learning, against which the synthetic ones are scored: files, folders or globs",
    otherwise: "none: no scores",
  }),
  model: pathOption({ help: "atomic model of the particle, PDB or mmCIF" }),
  map: pathOption({ help: "density map of the particle, MRC, in place of `model`" }),
  ctf: pathOption({
    help: "CTFs that RELION (micrographs_ctf.star) or cryoSPARC (exposures .cs) fitted, in place of fitting them here",
  }),
  particles: pathsOption({
    help:
      "particles of your own refinement of this sample, a STAR file or .cs files of the same particles. Their " +
      "number, distances, views and defocus replace guesses",
    otherwise: "views are uniform, number and defocus as estimated",
  }),
  pixelSize: restated(microscope.pixelSize, { help: "pixel size of the raw micrographs", required: true }),
  voltage: restated(microscope.voltage, { required: true }),
  cs: restated(microscope.cs, { required: true }),
  amplitudeContrast: restated(microscope.amplitudeContrast, { fallback: microscope.AMPLITUDE_CONTRAST }),
  particleDiameter: restated(microscope.particleDiameter, { required: true }),
  symmetry: restated(symmetry, {
    help: "RELION's point group of the particle; to be given where the goal is a map",
    fallback: "C1",
  }),
  goal: choiceOption(
    { picks: "of all raw micrographs", map: "refined from the picks, with its resolution" },
    { help: "how far a run goes", fallback: "picks" },
  ),
  add: choicesOption(
    {
      classify2d: "averages of the particles by their views",
      poses: "poses of a network, trained on projections of the map like the particles, to refine from",
    },
    { help: "stages that a run to a map has only if they are asked for", otherwise: "none" },
  ),
  workingPixelSize: numberOrWordOption(
    { unit: "angstrom", from: 0.1, to: 50 },
    { auto: "auto" },
    {
      help:
        "pixel size at which noise is learned and micrographs are made; auto is 48 pixels to a particle, or the " +
        "raw pixels where they are less than 1.3 times finer",
      fallback: "auto",
    },
  ),
  baselines: choicesOption(
    { gaussian: "", poisson: "", "poisson-gaussian": "", "coloured-gaussian": "" },
    { help: "noise without a network to score beside", otherwise: "none" },
  ),
  skip: choicesOption(
    { evaluate: "", "pick-train": "", "pick-run": "", report: "" },
    { help: "stages to leave out", otherwise: "none" },
  ),
  notes: textsOption({ help: "paragraphs for the top of the report" }),
  citations: textsOption({ help: 'where the data come from, as "Structure: PDB 2ZA7, https://doi.org/…"' }),
  shown: textOption({
    help: "name of the real micrograph that the report shows",
    otherwise: "the first held out",
  }),
  learnFrom: countOption(
    { from: 1, to: 10_000 },
    { help: "micrographs to learn from at most, spread evenly over all", fallback: 100 },
  ),
  seed,
  device,
} as const;

export type ProjectOptions = OptionsOf<typeof projectOptions>;
export type ProjectSettings = ResolvedOptions<typeof projectOptions>;
