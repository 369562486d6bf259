import { seed, workers } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
} from "../shared/options/option.js";
import {
  comparedDiameter,
  finest,
  initialLowPass,
  particleImages,
  shiftRange,
} from "../shared/options/particles.js";

export const classify2dOptions = {
  particles: particleImages,
  out: pathOption({ value: "dir", help: "folder to write or to continue", required: true }),
  classes: countOption(
    { from: 1, to: 1000 },
    { value: "n", help: "class averages to begin with", fallback: 50 },
  ),
  particleDiameter: restated(comparedDiameter, { required: true }),
  initialLowPass: restated(initialLowPass, {
    help: "low-pass filter of the first averages",
    otherwise: "a fifth of the particle's diameter",
  }),
  finest,
  shiftRange,
  iterations: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "most iterations; it ends earlier when nothing changes", fallback: 25 },
  ),
  seed,
  workers,
} as const;

/** What a user may ask of `classify2d`. */
export type Classify2dOptions = OptionsOf<typeof classify2dOptions>;
export type ResolvedClassify2dOptions = ResolvedOptions<typeof classify2dOptions>;

export const classify2dCommand: CommandSpec<typeof classify2dOptions> = {
  name: "classify2d",
  summary: "Sort particles into classes of similar views and average them.",
  options: classify2dOptions,
  notes: `
Nothing but the images is needed: the first averages are of particles put into classes at random. Shows at a glance whether picks are
particles. Writes classes.svg (the averages, each with its number of particles and resolution), classes.mrcs, run_data.star (with
rlnClassNumber, class 1 the largest) and run_model.star, which RELION reads, and iterations.jsonl. The same command continues after an
interruption, to the same bytes (docs/guide/classification.md).
Example: cryogem classify2d --particles particles.star --particle-diameter 300 --classes 50 --out classes`,
};
