import { projectOptions } from "../project/options.js";
import { helpOf } from "../shared/options/option.js";
import type { Sourced } from "./look.js";

/** What is known of a project when its file is written; an absent value is missing. */
export interface ProjectDraft {
  readonly title: string;
  readonly micrographs: Sourced<readonly string[]>;
  readonly heldOut: Sourced<readonly string[]> | undefined;
  readonly structure: ({ readonly kind: "model" | "map" } & Sourced<string>) | undefined;
  readonly ctf: Sourced<string> | undefined;
  readonly particles?: Sourced<readonly string[]> | undefined;
  readonly pixelSize: Sourced<number> | undefined;
  readonly voltage: Sourced<number> | undefined;
  readonly cs: Sourced<number> | undefined;
  readonly amplitudeContrast: Sourced<number> | undefined;
  readonly particleDiameter: Sourced<number> | undefined;
  readonly symmetry: Sourced<string> | undefined;
}

/** Keys that a project cannot do without, in the order of the file. */
export const NEEDED = ["pixelSize", "voltage", "cs", "particleDiameter"] as const;

/** The text of a project file: every value with where it comes from, and what is missing as a comment. */
export function projectText(draft: ProjectDraft): string {
  const { structure } = draft;
  const lines = [
    "# A cryogem project. `cryogem check project.yaml` looks at the data before hours are spent, `cryogem run project.yaml` goes the",
    "# whole way. Paths are relative to this file. docs/reference/commands.md has every option, docs/guide/tutorial.md walks through an example.",
    "",
    valueLine("title", { value: draft.title, source: "heading of the report" }),
    "",
    ...listLines("micrographs", draft.micrographs),
    ...(draft.heldOut
      ? listLines("heldOut", draft.heldOut)
      : [
          "# heldOut: [one.mrc]   # none is held out of so few: without one the synthetic micrographs are not scored",
        ]),
    structure ? valueLine(structure.kind, structure) : missingLine("model"),
    draft.ctf
      ? valueLine("ctf", draft.ctf)
      : "# ctf: micrographs_ctf.star   # CTFs that RELION or cryoSPARC fitted; without it they are fitted",
    ...(draft.particles
      ? listLines("particles", draft.particles)
      : [
          "# particles: run_data.star   # of an own refinement: number, distances, views and defocus are then as there",
        ]),
    "",
    ...NEEDED.map((name) => (draft[name] ? valueLine(name, draft[name]) : missingLine(name))),
    valueLine("amplitudeContrast", draft.amplitudeContrast ?? { value: 0.1, source: "default" }),
    valueLine(
      "symmetry",
      draft.symmetry ?? {
        value: "C1",
        source: "default, never wrong; a map of a symmetric particle is better with its own",
      },
    ),
    "",
    "# goal: map   # go on beyond the picks: particles, refinement, a map and its resolution; needs the right symmetry above",
    "# add: [classify2d]   # with that goal: averages of the particles by their views",
    "",
    `# workingPixelSize: auto   # ${helpOf(projectOptions.workingPixelSize)}`,
    "# baselines: [coloured-gaussian]   # noise without a network, to score beside",
    "# skip: [pick-train, pick-run]     # stages to leave out",
    "seed: 1",
    "",
    "# Options of the stages, as their commands have them (`cryogem train --help`), with capitals in place of dashes:",
    "# train:",
    "#   steps: 5000          # four times the default and as much longer: more like real ones",
    "# simulate:                # micrographs to train on, and the others that are translated, which `specimens:` may change",
    "#   particles: [120, 20]",
    "",
  ];
  return lines.join("\n");
}

/** A list in YAML's flow style on one line, or a path a line. */
function listLines(name: string, { value, source }: Sourced<readonly string[]>): readonly string[] {
  if (value.length === 1) return [`${name}: ${scalar(value[0]!)}   # ${source}`];
  return [`${name}:   # ${source}`, ...value.map((each) => `  - ${scalar(each)}`)];
}

const valueLine = (name: string, { value, source }: Sourced<string | number>): string =>
  `${name}: ${typeof value === "number" ? value : scalar(value)}   # ${source}`;

const missingLine = (name: "model" | (typeof NEEDED)[number]): string =>
  `# MISSING ${name}:   # ${helpOf(projectOptions[name])}`;

/** A text as YAML reads it back: in JSON's quotes unless it is plain. */
const scalar = (text: string): string =>
  /^[A-Za-z./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
