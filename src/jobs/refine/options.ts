import { seed, workers } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
  switchOption,
} from "../shared/options/option.js";
import {
  comparedDiameter,
  initialLowPass,
  particleImages,
  shiftRange,
  symmetry,
} from "../shared/options/particles.js";

export const refineOptions = {
  particles: particleImages,
  reference: pathOption({
    value: "map",
    help: "first reference, MRC, protein white; its grey scale is fitted",
    required: true,
  }),
  out: pathOption({ value: "dir", help: "folder to write or to continue", required: true }),
  initialLowPass: restated(initialLowPass, { fallback: 50 }),
  symmetry,
  mask: pathOption({
    value: "file",
    help: "mask of the map, 0 to 1 with a soft edge, as large as the images",
    otherwise: "a sphere of the particle's diameter",
  }),
  particleDiameter: restated(comparedDiameter, { otherwise: "from the reference" }),
  givenPoses: switchOption({
    help: "start from the angles in the STAR file and look for better ones near them only",
    fallback: false,
  }),
  poses: pathOption({
    value: "star",
    help:
      "poses to start from, as `pose run --best` writes them. They make the first map, against which all " +
      "orientations are searched once",
  }),
  shiftRange,
  iterations: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "most iterations; it ends earlier when nothing improves", fallback: 20 },
  ),
  seed,
  workers,
} as const;

/** What a user may ask of `refine`. */
export type RefineOptions = OptionsOf<typeof refineOptions>;
export type ResolvedRefineOptions = ResolvedOptions<typeof refineOptions>;

export const refineCommand: CommandSpec<typeof refineOptions> = {
  name: "refine",
  summary: "Refine orientations and shifts of particles against a map, by the gold standard.",
  options: refineOptions,
  notes: `
Two halves of the particles are refined apart: they share the first reference, and in each iteration the correlation of their maps.
Writes run_data.star, half1.mrc and half2.mrc (unfiltered, for \`postprocess\`), map.mrc (filtered by the correlation), fsc.svg,
convergence.svg, and iterations.jsonl with the figures of each iteration. The same command continues after an interruption, to the
same bytes (docs/guide/refinement.md).
Example: cryogem refine --particles particles.star --reference ab-initio.mrc --mask mask.mrc --out refined`,
};
