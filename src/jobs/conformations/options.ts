import { modelMapOptions } from "../potential/options.js";
import { seed } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  numbersOption,
  type OptionsOf,
  pathOption,
} from "../shared/options/option.js";

/** The furthest mode that can be asked for. */
export const MOST_MODES = 50;

const { model, pixelSize, ...grid } = modelMapOptions;

export const conformationsOptions = {
  model,
  pixelSize,
  out: pathOption({ value: "dir", help: "folder for the maps", required: true }),
  count: countOption({ from: 2, to: 999 }, { value: "n", help: "conformations", fallback: 9 }),
  modes: numbersOption(
    { from: 1, to: MOST_MODES },
    {
      value: "list",
      help: "modes to move along, 1 the slowest: one gives a movement in even steps, several as 1,2,3 a random ensemble",
      fallback: [1],
    },
  ),
  rmsd: numberOption(
    { unit: "angstrom", above: 0, to: 100 },
    {
      value: "A",
      help: "root mean square displacement: of the ends of a movement, of an ensemble on average",
      fallback: 3,
    },
  ),
  cutoff: numberOption(
    { unit: "angstrom", from: 6, to: 50 },
    { value: "A", help: "distance up to which nodes are joined by springs", fallback: 15 },
  ),
  ...grid,
  seed,
} as const;

/** What a user may ask of `conformations`. */
export type ConformationsOptions = OptionsOf<typeof conformationsOptions>;

export const conformationsCommand: CommandSpec<typeof conformationsOptions> = {
  name: "conformations",
  summary: "Move an atomic model along its slowest motions, and make a map of each conformation.",
  options: conformationsOptions,
  notes: `
The motions are the normal modes of an elastic network. OUT holds conformation-001.mrc and so on, and conformations.csv with
how far each lies along each mode. \`simulate\` takes all of them, and records for each particle which one it is.
Example: cryogem conformations --model 5a1a.pdb --pixel-size 3 --count 11 --rmsd 4 --out conformations
         cryogem simulate --map conformations/*.mrc --out simulated`,
};
