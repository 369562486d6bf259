import { controlFigure, LOOP_NAMES } from "../../jobs/control/figures.js";
import type { ControlRecord } from "../../jobs/control/records.js";
import { htmlTable, htmlWide, paragraph, type ReportSection } from "../html.js";

/** The loop with and without particles: picks, halves, and the correlation with the given map. */
export function controlSection(record: ControlRecord): ReportSection {
  const { loops, micrographs, threshold, initialLowPass } = record;
  const rows = loops.map(({ kind, picks, refined, resolution, meanBeyond }) => ({
    cells: [
      LOOP_NAMES[kind],
      (picks / micrographs).toFixed(1),
      String(refined),
      resolution === null ? "none" : `${resolution.toFixed(1)} Å`,
      meanBeyond.toFixed(3),
    ],
  }));
  const body =
    paragraph(
      "The same picker and the same refinement on micrographs without particles: with their own amplitudes and the phases of noise; noise of their " +
        "power spectra, to which particles belong; noise of the spectra between the particles. What a picker finds there at the operating threshold is how much of its picks " +
        "the power of the noise alone explains. Whatever their scores, the best peaks were then refined, as many as " +
        `there are real picks: beyond ${initialLowPass} Å, to which the refinement was given the map, their maps should correlate with it no more than chance does.`,
    ) +
    htmlTable(
      "The loop with and without particles",
      [
        "refined from",
        `picks a micrograph at ${threshold.toPrecision(3)}`,
        "particles refined",
        "halves at 0.143",
        `mean correlation with the given map beyond ${initialLowPass} Å`,
      ],
      rows,
    ) +
    htmlWide({
      kind: "svg",
      markup: controlFigure(record),
      caption: "The band is two standard deviations of the correlation of a map of noise.",
    });
  return { id: "control", title: "The same without particles", body };
}
