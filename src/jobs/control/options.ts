import { seed } from "../shared/options/machine.js";
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
      noise: "every image is replaced by white noise",
    },
    { value: "kind", help: "what is spoilt", required: true },
  ),
  particles: pathOption({ value: "file", help: "particles, STAR or .cs", required: true }),
  out: pathOption({
    value: "file.star",
    help: "STAR file to write; noise is written beside it, under its name with .mrcs",
    required: true,
  }),
  seed: restated(seed, { help: "seed of the order and of the noise", fallback: 1 }),
} as const;

/** What a user may ask of `control`. */
export type ControlOptions = OptionsOf<typeof controlOptions>;

export const controlCommand: CommandSpec<typeof controlOptions> = {
  name: "control",
  summary: "Spoil particles on purpose, to see that no structure comes out of them.",
  options: controlOptions,
  notes: `
Half maps of particles with shuffled poses, and maps refined from noise, must not correlate with each other or with the truth
beyond what they were given (docs/maps.md). CTFs, half sets and optics stay as they are.
Example: cryogem control --kind shuffled-poses --particles refined/run_data.star --out shuffled.star
         cryogem reconstruct --particles shuffled.star --out shuffled`,
};
