import { alignedTable } from "../../evaluate/aligned-table.js";
import { csvLine } from "../../io/bytes/csv.js";
import { lineChart } from "../../plot/line-chart.js";
import type { ControlLoop, ControlRecord } from "./records.js";

/** What each map was refined from. */
export const LOOP_NAMES: Readonly<Record<ControlLoop["kind"], string>> = {
  particles: "picks of the micrographs",
  "random-phases": "best peaks of random phases",
  "matched-noise": "best peaks of matched noise",
  "background-noise": "best peaks of background noise",
};

/** The correlation of each map with the given one; the band is two standard deviations of chance. */
export function controlFigure({ frequencies, chance, loops, initialLowPass }: ControlRecord): string {
  const low = 1 / initialLowPass;
  const lowest = Math.min(0, ...loops.flatMap(({ correlation }) => correlation));
  return lineChart({
    title: "Correlation with the given map",
    x: { label: "spatial frequency, 1/Å", domain: [0, frequencies.at(-1)!] },
    y: { label: "correlation", domain: [Math.max(-1, lowest), 1] },
    series: [
      ...loops.map(({ kind, correlation }) => ({ name: LOOP_NAMES[kind], x: frequencies, y: correlation })),
      { name: `end of what was given, ${initialLowPass} Å`, x: [low, low], y: [Math.max(-1, lowest), 1] },
      {
        ...{ name: "chance, 2 standard deviations", x: frequencies, y: chance.map(() => 0) },
        ...{ lower: chance.map((value) => -2 * value), upper: chance.map((value) => 2 * value) },
      },
    ],
  });
}

/** The curves, a shell a row. */
export function controlCsv({ frequencies, chance, loops }: ControlRecord): string {
  const header = ["frequency_per_angstrom", ...loops.map(({ kind }) => kind), "chance_standard_deviation"];
  const rows = frequencies.map((frequency, s) => [
    frequency,
    ...loops.map(({ correlation }) => correlation[s]!),
    chance[s]!,
  ]);
  return `${[header, ...rows].map((row) => csvLine(row)).join("\n")}\n`;
}

/** The result as a table to read. */
export function controlText({ loops, micrographs, threshold, initialLowPass }: ControlRecord): string {
  const rows = loops.map(({ kind, picks, refined, resolution, meanBeyond }) => [
    LOOP_NAMES[kind],
    (picks / micrographs).toFixed(1),
    String(refined),
    resolution === null ? "none" : `${resolution.toFixed(1)} A`,
    meanBeyond.toFixed(3),
  ]);
  const header = [
    "",
    `picks a micrograph at ${threshold.toPrecision(3)}`,
    "refined",
    "halves at 0.143",
    `mean correlation with the map beyond ${initialLowPass} A`,
  ];
  return alignedTable([header, ...rows], "right");
}
