import { seed } from "../shared/options/machine.js";
import { micrographs } from "../shared/options/micrographs.js";
import { particleDiameter, pixelSize } from "../shared/options/microscope.js";
import {
  type CommandSpec,
  choiceOption,
  type OptionsOf,
  pathOption,
  restated,
} from "../shared/options/option.js";

export const controlOptions = {
  kind: choiceOption(
    {
      "shuffled-poses": "every particle gets the orientation and shift of another one",
      noise: "every particle image is replaced by white noise",
      "random-phases": "every micrograph keeps its amplitudes and gets the phases of noise",
      "matched-noise": "every micrograph is replaced by normal noise of its power spectrum",
      "background-noise": "the same of the spectrum that it has between its particles",
    },
    {
      value: "kind",
      help: "what is spoilt; to be given with `particles` and `micrographs`",
      otherwise: "with `project` the three of micrographs, one after the other",
    },
  ),
  particles: pathOption({ value: "file", help: "particles to spoil, STAR or .cs" }),
  micrographs: restated(micrographs, { help: "micrographs to spoil: files, folders or globs" }),
  project: pathOption({
    value: "file",
    help: "project file: the whole loop, from the picker to the map, on its micrographs spoilt",
  }),
  out: pathOption({
    value: "path",
    help: "of `particles`, the STAR file to write; of `micrographs`, a folder; of `project`, the folder of its results",
    otherwise: "with `project` the folder of the project file",
  }),
  pixelSize: restated(pixelSize, { help: "pixel size of `micrographs`, where no file gives it" }),
  particleDiameter: restated(particleDiameter, {
    help: "particle diameter, by which the background is told; needed with background-noise of `micrographs`",
  }),
  seed: restated(seed, { help: "seed of the order, the phases and the noise", fallback: 1 }),
} as const;

/** What a user may ask of `control`. */
export type ControlOptions = OptionsOf<typeof controlOptions>;

export const controlCommand: CommandSpec<typeof controlOptions> = {
  name: "control",
  summary: "Spoil particles or micrographs on purpose, to see that no structure comes out of them.",
  options: controlOptions,
  notes: `
Half maps of particles with shuffled poses, and maps refined from noise, must not correlate with each other or with the truth
beyond what they were given (docs/guide/maps.md). CTFs, half sets and optics stay as they are.
With --project the project is first run as far as its map. Then its picker picks three kinds of micrographs without particles:
its own with random phases, noise of their spectra, and noise of their backgrounds' spectra. Of each kind the best peaks, as
many as there are picks, are refined against the same map. Writes control/control.svg, .csv and .json among the project's
results, and adds to its report: picks per micrograph, and the correlation of each map with the given one (docs/guide/picking.md).
Examples: cryogem control --kind shuffled-poses --particles refined/run_data.star --out shuffled.star
          cryogem reconstruct --particles shuffled.star --out shuffled
          cryogem control --kind random-phases --micrographs "raw/*.mrc" --out without-particles
          cryogem control --project project.yaml`,
};
