import { csvLine } from "../../io/bytes/csv.js";
import { alignedTable } from "../aligned-table.js";
import type { Score } from "../spread.js";
import { MEASURE_TITLES, REALISM_MEASURES, type RealismMeasure } from "./measures.js";
import type { RealismResult, RealismRow } from "./realism.js";

/** The measures that a result holds for at least one set, in the order of the table. */
export const measuresOf = (result: RealismResult): readonly RealismMeasure[] =>
  REALISM_MEASURES.filter((measure) => result.rows.some((row) => row.scores[measure]));

/** A score as "0.123 ± 0.045": three digits that count, the spread to the same place; "–" where there is none. */
export function scoreText(score: Score | undefined): string {
  if (!score) return "–";
  // a mean of 0 has no significant digits: those of its spread are used, or none
  const size = Math.abs(score.mean) || score.spread || 100;
  const places = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return `${score.mean.toFixed(places)} ± ${score.spread.toFixed(places)}`;
}

/** The protocol of a result in one line, to stand beside its figures. */
export function protocolText({ protocol, patches, repeats, realMicrographs, seed }: RealismResult): string {
  const { patch, pixelSize, tile, bands, bank } = protocol;
  const side = `${patch} px (${Number((patch * pixelSize).toPrecision(3))} angstrom)`;
  return (
    `Patches of ${side}, ${patches} on either side of a comparison; log-Gabor bank of ${bank.orientations} orientations at ` +
    `${bank.wavelengths.join(", ")} px; spectra of ${tile} px tiles in ${bands} bands; ${realMicrographs} real micrographs cut ` +
    `into halves in ${repeats} ways (mean ± standard deviation over them); seed ${seed}. Every image has mean 0 and standard ` +
    "deviation 1. Lower is nearer to the real."
  );
}

/** The result as a table of plain text: one line for each measure, one column for each set. */
export function textTable(result: RealismResult): string {
  const header = ["", ...result.rows.map((row) => row.name)];
  const lines = measuresOf(result).map((measure) => [
    MEASURE_TITLES[measure],
    ...result.rows.map((row) => scoreText(row.scores[measure])),
  ]);
  return alignedTable([header, ...lines], "right");
}

/** The result as CSV: one line for each set and measure. */
export function realismCsv(result: RealismResult): string {
  const line = (row: RealismRow, measure: RealismMeasure): string => {
    const score = row.scores[measure];
    return csvLine([row.name, row.role, measure, score?.mean ?? "", score?.spread ?? ""]);
  };
  const lines = result.rows.flatMap((row) => measuresOf(result).map((measure) => line(row, measure)));
  return `${["set,role,measure,mean,spread", ...lines].join("\n")}\n`;
}

/** The radial spectra as CSV: a band a line, in 1/angstrom, and the power of each set. */
export function spectraCsv({ curves, protocol }: RealismResult): string {
  const header = csvLine(["frequency_per_angstrom", ...curves.map((curve) => curve.name)]);
  const bands = curves[0]?.spectrum.frequency ?? new Float64Array(0);
  const lines = Array.from(bands, (frequency, i) =>
    [frequency / protocol.pixelSize, ...curves.map((curve) => curve.spectrum.power[i])].join(","),
  );
  return `${[header, ...lines].join("\n")}\n`;
}
