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
  particleImages,
  shiftRange,
  symmetry,
} from "../shared/options/particles.js";

export const initialModelOptions = {
  particles: particleImages,
  out: pathOption({ value: "dir", help: "folder to write or to continue", required: true }),
  symmetry,
  classes: countOption(
    { from: 1, to: 20 },
    { value: "n", help: "models that the particles are shared out among", fallback: 1 },
  ),
  particleDiameter: restated(comparedDiameter, { required: true }),
  finest: restated(finest, { otherwise: "a tenth of the particle's diameter, not beyond Nyquist" }),
  steps: countOption({ from: 10, to: 1000 }, { value: "n", help: "batches of particles", fallback: 120 }),
  batch: countOption({ from: 20, to: 10_000 }, { value: "n", help: "particles of a batch", fallback: 60 }),
  shiftRange: restated(shiftRange, {
    help: "farthest that a particle lies from where the STAR file says",
    otherwise: "a tenth of the box",
  }),
  seed,
  workers,
} as const;

/** What a user may ask of `initial-model`. */
export type InitialModelOptions = OptionsOf<typeof initialModelOptions>;
export type ResolvedInitialModelOptions = ResolvedOptions<typeof initialModelOptions>;

export const initialModelCommand: CommandSpec<typeof initialModelOptions> = {
  name: "initial-model",
  summary: "Make a coarse map of particles without any reference.",
  options: initialModelOptions,
  notes: `
Begins with particles in random orientations and improves the map by small batches of particles, from coarse to finer detail.
The hand cannot be known: the map may be the mirror image. Its axes of symmetry lie as RELION puts them. Writes map1.mrc and so
on, a map for each class, for \`refine --reference\`, and run_data.star with the poses of the last pass over all particles, whose
rlnClassNumber is the class. Try several seeds and compare the maps. The same command continues after an interruption, to the
same bytes (docs/guide/classification.md).
Example: cryogem initial-model --particles particles.star --particle-diameter 300 --out initial
         cryogem refine --particles particles.star --reference initial/map1.mrc --out refined`,
};
