import { shard, workers } from "../shared/options/machine.js";
import { micrographs } from "../shared/options/micrographs.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  rangeOption,
  restated,
} from "../shared/options/option.js";

/** Angstrom: the particle diameter by which noise is separated from particles where the user gives none. */
export const DIAMETER_FOR_NOISE = 150;

export const estimateOptions = {
  micrographs: restated(micrographs, { required: true }),
  pixelSize: restated(microscope.pixelSize, { required: true }),
  voltage: restated(microscope.voltage, { required: true }),
  cs: restated(microscope.cs, { required: true }),
  out: pathOption({ value: "dir", help: "folder of estimates to write, or to continue", required: true }),
  amplitudeContrast: restated(microscope.amplitudeContrast, { fallback: microscope.AMPLITUDE_CONTRAST }),
  ctf: pathOption({
    value: "file",
    help:
      "CTFs that RELION (micrographs_ctf.star) or cryoSPARC (exposures .cs) fitted, taken as they are and judged " +
      "by the rings. Micrographs are matched by their names",
    otherwise: "they are fitted",
  }),
  fitMin: numberOption(
    { unit: "angstrom", from: 5, to: 500 },
    {
      value: "A",
      help: "coarsest resolution of the CTF fit",
      otherwise: "22, or 4.4 pixels where that is more",
    },
  ),
  fitMax: numberOption(
    { unit: "angstrom", from: 0.2, to: 100 },
    {
      value: "A",
      help: "finest resolution of the CTF fit, at least 2 pixels and less than two thirds of the coarsest",
      otherwise: "5, or 2.1 pixels where that is more",
    },
  ),
  defocusRange: rangeOption(
    { unit: "angstrom", from: 500, to: 200_000 },
    { value: "low,high", help: "mean defocus searched, underfocus positive", fallback: [5_000, 50_000] },
  ),
  phaseShift: restated(microscope.phaseShift, {
    help: "phase shift of a phase plate: known, not fitted",
    fallback: 0,
  }),
  particleDiameter: restated(microscope.particleDiameter, {
    help: "particle diameter, by which particles are counted and separated from the noise",
    otherwise: `particles are not counted, and ${DIAMETER_FOR_NOISE} is taken to separate them from the noise`,
  }),
  iceGroups: countOption(
    { from: 2, to: 32 },
    { value: "n", help: "groups of intensity of the ice", fallback: 7 },
  ),
  ...{ workers, shard },
} as const;

/** What a user may ask of `estimate`. */
export type EstimateOptions = OptionsOf<typeof estimateOptions>;

export const estimateCommand: CommandSpec<typeof estimateOptions> = {
  name: "estimate",
  summary: "Measure what a simulation needs on real micrographs: CTF, ice gradient, noise, particle density.",
  options: estimateOptions,
  notes: `
Look at ctf/*.png (the rings continue across the middle line where the fit is right), ice/*.png (the micrograph, the same
blurred, and the ice gradient) and particles/*.svg (places that look like particles, and how their size was measured). Run
again, the command measures only what is new or changed.
Example: cryogem estimate --micrographs raw --pixel-size 1.5 --voltage 300 --cs 2.7 --out estimates`,
};
