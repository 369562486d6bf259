import { seed } from "../shared/options/machine.js";
import {
  type CommandSpec,
  countOption,
  numberOption,
  type OptionsOf,
  pathOption,
  restated,
  textsOption,
} from "../shared/options/option.js";

/** Rows of a comparison that names none: what there is, each as its authors made it. */
const ROWS = [
  "cryogem",
  "cut",
  "cut --network antialiased",
  "fastcut",
  "cyclegan",
  "cyclegan --network resnet",
  "real-ice",
  "coloured-gaussian",
  "poisson-gaussian",
  "gaussian",
];

export const compareOptions = {
  project: pathOption({
    help: "project file, as `init` writes it, with held-out micrographs",
    positional: true,
    required: true,
  }),
  rows: textsOption({
    value: "rows",
    help: 'what to compare, each a translator with options of `train`, as "cut --network antialiased"',
    otherwise: ROWS.join(", "),
  }),
  minutes: numberOption(
    { unit: "minutes", above: 0, to: 100_000 },
    { value: "min", help: "training of each row with a network, on this machine as it is now", fallback: 10 },
  ),
  seeds: countOption(
    { from: 1, to: 100 },
    { value: "n", help: "seeds of each row, one after the other", fallback: 3 },
  ),
  seed: restated(seed, { help: "the first of the seeds", otherwise: "the project's" }),
  out: pathOption({ value: "dir", help: "folder for the results", otherwise: "that of the project file" }),
} as const;

/** What a user may ask of `compare`. */
export type CompareOptions = OptionsOf<typeof compareOptions>;

/** The rows that are compared where none are named. */
export const standardRows: readonly string[] = ROWS;

export const compareCommand: CommandSpec<typeof compareOptions> = {
  name: "compare",
  summary: "Compare translators on one project: equal minutes, the same seeds, one table and one page.",
  options: compareOptions,
  notes: `
The project's micrographs are prepared as by \`run\`, whose finished stages are used again. Each row is trained, makes the
project's specimens, and is scored against the held-out micrographs. The number of steps follows from the minutes: the pace of
each row is measured once and kept, so that a comparison which was stopped goes on with the same numbers. OUT/compare holds
table.csv, compare.json and compare.html.
Examples:
  cryogem compare project.yaml
  cryogem compare project.yaml --minutes 2 --seeds 1 --rows cryogem "cryogem --contrast patch" cut`,
};
