import { seed, workers } from "../shared/options/machine.js";
import * as microscope from "../shared/options/microscope.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  type ResolvedOptions,
  restated,
} from "../shared/options/option.js";

export const classify2dOptions = {
  particles: pathOption({
    value: "star",
    help: "STAR file of particle images with their CTF, protein white",
    required: true,
  }),
  out: pathOption({ value: "dir", help: "folder to write or to continue", required: true }),
  classes: countOption(
    { from: 1, to: 1000 },
    { value: "n", help: "class averages to begin with", fallback: 50 },
  ),
  particleDiameter: restated(microscope.particleDiameter, {
    help: "diameter of the circle in which images are compared",
    required: true,
  }),
  initialLowPass: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    {
      value: "A",
      help: "low-pass filter of the first averages",
      otherwise: "a fifth of the particle's diameter",
    },
  ),
  finest: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    { value: "A", help: "finest detail that is compared", otherwise: "twice the pixel size" },
  ),
  shiftRange: numberOption(
    { unit: "angstrom", above: 0, to: 1000 },
    {
      value: "A",
      help: "farthest that a particle lies from where the STAR file says, in the first iteration",
      otherwise: "a tenth of the box",
    },
  ),
  iterations: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "at most so many; it ends earlier where nothing changes", fallback: 25 },
  ),
  seed,
  workers,
} as const;

/** What a user may ask of `classify2d`. */
export type Classify2dOptions = OptionsOf<typeof classify2dOptions>;
export type ResolvedClassify2dOptions = ResolvedOptions<typeof classify2dOptions>;

export const classify2dCommand: CommandSpec<typeof classify2dOptions> = {
  name: "classify2d",
  summary: "Sort particles into classes of like views and average them.",
  options: classify2dOptions,
  notes: `
Nothing but the images is needed: the first averages are of particles put into classes at random. Shows at a glance whether picks are
particles. Writes classes.svg (the averages, each with its number of particles and resolution), classes.mrcs, run_data.star (with
rlnClassNumber, class 1 the largest) and run_model.star, which RELION reads, and iterations.jsonl. The same command continues after an
interruption, to the same bytes (docs/classification.md).
Example: cryogem classify2d --particles particles.star --particle-diameter 300 --classes 50 --out classes`,
};
