import { seed } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  rangeOption,
} from "../shared/options/option.js";

export const variantsOptions = {
  map: pathOption({ value: "file", help: "density map of the whole particle, MRC", required: true }),
  out: pathOption({ value: "dir", help: "folder for the maps", required: true }),
  broken: numberOption(
    { from: 0, to: 1 },
    { value: "f", help: "share of the particles that are broken", fallback: 0.2 },
  ),
  lost: rangeOption(
    { from: 0, to: 0.95 },
    {
      value: "low,high",
      help: "share of its density that a broken particle has lost, beyond a plane of any direction",
      fallback: [0.1, 0.6],
    },
  ),
  filled: numberOption(
    { from: 0, to: 1 },
    { value: "f", help: "share of the particles that have a core", fallback: 0 },
  ),
  coreDiameter: rangeOption(
    { unit: "angstrom", from: 1, to: 10_000 },
    { value: "low,high", help: "diameter of a core", otherwise: "0.3 to 0.6 of the particle's" },
  ),
  coreDensity: numberOption(
    { above: 0, to: 100 },
    { value: "f", help: "density of a core over that of the particle", fallback: 1 },
  ),
  count: countOption({ from: 1, to: 99 }, { value: "n", help: "maps of each kind", fallback: 6 }),
  seed,
} as const;

/** What a user may ask of `variants`. */
export type VariantsOptions = OptionsOf<typeof variantsOptions>;

export const variantsCommand: CommandSpec<typeof variantsOptions> = {
  name: "variants",
  summary: "Make maps of broken particles and of particles with a core, for simulate to mix in.",
  options: variantsOptions,
  notes: `
OUT holds a map of each variant on the grid of the given one, and variants.csv, which says of each what it lacks or holds.
The command that simulates all of them in these shares is printed; truth.jsonl and particles.star then tell of each particle
which one it is.
Example: cryogem variants --map map.mrc --broken 0.2 --filled 0.1 --out variants`,
};
