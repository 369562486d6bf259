import { INTERVAL_SCORES } from "../../evaluate/picking/bootstrap.js";
import { csvLine } from "../../io/bytes/csv.js";
import { lineChart, type Series } from "../../plot/line-chart.js";
import type { ResolvedPickScoreOptions } from "./options.js";
import type { PickerScores, PickScoreResult } from "./result.js";

/** The protocol in words: it stands beside every figure. */
export function protocolOf(options: ResolvedPickScoreOptions, micrographs: number): string {
  const { radius, pixelSize, margin, unsure } = options;
  const pixels = (radius / pixelSize).toFixed(1);
  return [
    `Protocol: ${micrographs} micrographs; in each a Hungarian assignment of picks to true positions at most ${radius} angstrom`,
    `(${pixels} pixels) apart, outcomes pooled. AUPRC: sum over k of precision(k) (recall(k) - recall(k-1)) over all picks,`,
    "whatever the threshold; precision, recall and F1: picks at or above it.",
    margin > 0
      ? `A margin of ${margin} pixels along the edges counts neither way.`
      : "Every position counts, up to the edges.",
    ...(unsure === undefined
      ? []
      : [`A false pick at a place of ${unsure} that is no true position counts neither way.`]),
    "In brackets: 95 % of 1000 resamplings of the micrographs.",
  ].join("\n");
}

const rowsOf = ({ pickers, ceiling }: PickScoreResult): readonly PickerScores[] =>
  ceiling ? [...pickers, ceiling] : pickers;

/** Numbers of one picker, as the tables show them. An annotator has no order of picks, so no AUPRC. */
function valuesOf(row: PickerScores, isCeiling: boolean): readonly (readonly [string, string, string])[] {
  return INTERVAL_SCORES.map((name) => {
    if (name === "auprc" && isCeiling) return [name, "", ""] as const;
    const [low, high] = row.intervals[name];
    return [name, row.scores[name].toFixed(3), `${low.toFixed(3)}-${high.toFixed(3)}`] as const;
  });
}

/** The scores as a person reads them. */
export function scoreTable(result: PickScoreResult): string {
  const width = Math.max(8, ...rowsOf(result).map(({ name }) => name.length));
  const column = (text: string): string => text.padEnd(21);
  const lines = rowsOf(result).map((row) => {
    const cells = valuesOf(row, row === result.ceiling).map(([, value, interval]) =>
      column(value && `${value} [${interval}]`),
    );
    const { truePositives, falsePositives, falseNegatives } = row.scores;
    const threshold = row.threshold === undefined ? "-" : row.threshold.toPrecision(4);
    return (
      `${row.name.padEnd(width)}  ${cells.join("")}${threshold.padEnd(11)}${truePositives} right, ` +
      `${falsePositives} false, ${falseNegatives} missed`
    );
  });
  const head = `${"picker".padEnd(width)}  ${["AUPRC", "precision", "recall", "F1"].map(column).join("")}threshold  picks`;
  return `${[head, ...lines].join("\n")}\n`;
}

export function scoresCsv(result: PickScoreResult): string {
  const lines = rowsOf(result).map((row) => {
    const values = valuesOf(row, row === result.ceiling).flatMap(([, value, interval]) => [
      value,
      ...(interval ? interval.split("-") : ["", ""]),
    ]);
    const { truePositives, falsePositives, falseNegatives } = row.scores;
    return csvLine([
      row.name,
      ...values,
      row.threshold ?? "",
      ...[truePositives, falsePositives, falseNegatives],
    ]);
  });
  const head = INTERVAL_SCORES.flatMap((name) => [name, `${name}_low`, `${name}_high`]);
  return `${[["picker", ...head, "threshold", "right", "false", "missed"].join(","), ...lines].join("\n")}\n`;
}

export function micrographsCsv(result: PickScoreResult): string {
  const lines = rowsOf(result).flatMap((row) =>
    row.micrographs.map(({ name, scores: s }) => {
      const auprc = row === result.ceiling ? "" : s.auprc.toFixed(4);
      const rates = [s.precision, s.recall, s.f1].map((value) => value.toFixed(4));
      return csvLine([
        ...[row.name, name, auprc, ...rates],
        ...[s.truePositives, s.falsePositives, s.falseNegatives],
      ]);
    }),
  );
  return `${["picker,micrograph,auprc,precision,recall,f1,right,false,missed", ...lines].join("\n")}\n`;
}

export function curveCsv({ pickers }: PickScoreResult): string {
  const lines = pickers.flatMap(({ name, scores }) =>
    scores.curve.map(({ score, precision, recall }) =>
      csvLine([name, score, precision.toFixed(5), recall.toFixed(5)]),
    ),
  );
  return `${["picker,score,precision,recall", ...lines].join("\n")}\n`;
}

/** Precision over recall of each picker; the second annotator, who is a point, as a cross. */
export function precisionRecallChart(result: PickScoreResult): string {
  const series = result.pickers.map(
    ({ name, scores }): Series => ({
      name: `${name} (${scores.auprc.toFixed(3)})`,
      x: scores.curve.map(({ recall }) => recall),
      y: scores.curve.map(({ precision }) => precision),
    }),
  );
  return lineChart({
    title: "Precision and recall (area under the curve)",
    x: { label: "recall", domain: [0, 1] },
    y: { label: "precision", domain: [0, 1] },
    series: result.ceiling ? [...series, crossOf(result.ceiling)] : series,
  });
}

function crossOf({ name, scores: { precision, recall, f1 } }: PickerScores): Series {
  const arm = 0.015;
  return {
    name: `${name} (F1 ${f1.toFixed(3)})`,
    x: [recall - arm, recall + arm, recall, recall, recall],
    y: [precision, precision, Number.NaN, precision - arm, precision + arm],
  };
}
