import { MEASURE_TITLES, type RealismMeasure } from "../evaluate/realism/measures.js";
import type { RealismResult, RealismRow } from "../evaluate/realism/realism.js";
import { measuresOf, protocolText, scoreText } from "../evaluate/realism/table.js";
import { type Verdict, verdicts } from "../evaluate/realism/verdict.js";
import { localChart, scoreChart, spectrumChart } from "../jobs/evaluate/figures.js";
import { escapeText } from "../plot/svg.js";
import type { ReportRealism } from "./data.js";
import { htmlFigure, htmlRow, htmlTable, htmlWide, paragraph, type ReportSection } from "./html.js";

/** Scores with floor, ceiling and baselines; spectra and local statistics. */
export function realismSection({ result, subject, baselines }: ReportRealism): ReportSection {
  const judged = verdicts(result, subject, baselines);
  const body =
    paragraph(
      "How far each set of micrographs lies from real ones, by several measures (docs/results/evaluation.md explains " +
        "them). Real against real is the floor: what two halves of the real micrographs differ by. White noise is the " +
        "ceiling of what knows nothing about them, though it can score well where real micrographs are nearly Gaussian. " +
        "A lattice is a regular pattern that a network can leave; a ratio of 1 means none.",
    ) +
    (judged.length > 0 ? verdictTable(judged, subject) : "") +
    scoreTable(result) +
    paragraph(protocolText(result)) +
    htmlWide({
      kind: "svg",
      markup: scoreChart(result),
      caption:
        "Every measure of every set; hollow: floor and ceiling; bars: standard deviation over the ways of cutting " +
        "the real micrographs in two.",
    }) +
    "<h3>Radial power spectra</h3>\n" +
    htmlWide({
      kind: "svg",
      markup: spectrumChart(result),
      caption: "Mean over the micrographs of each set.",
    }) +
    "<h3>Local statistics</h3>\n" +
    htmlRow(
      (["mean", "variance", "skewness", "kurtosis"] as const).map((quantity) =>
        htmlFigure({
          kind: "svg",
          markup: localChart(result, quantity),
          caption: `Distribution of the local ${quantity}.`,
        }),
      ),
      "halves",
    );
  return { id: "realism", title: "Realism", body };
}

function verdictTable(judged: readonly Verdict[], subject: string): string {
  const rows = judged.map((verdict) => ({
    cells: [
      escapeText(MEASURE_TITLES[verdict.measure]),
      scoreText(verdict.subject),
      `${scoreText(verdict.baseline)} (${escapeText(verdict.bestBaseline)})`,
      judgement(verdict),
      `${verdict.wins} of ${verdict.repeats}`,
      verdict.atFloor ? "yes" : "no",
    ],
  }));
  const header = ["measure", escapeText(subject), "best baseline", "verdict", "lower in", "within the floor"];
  return htmlTable(`${subject} against the best of its baselines, measure by measure`, header, rows);
}

/** A lattice is there or not; for the rest it counts who is nearer. */
function judgement({ measure, atFloor, closer }: Verdict): string {
  if (measure === "lattice" || measure === "latticeWorst")
    return atFloor ? "no lattice" : "<strong>lattice</strong>";
  return closer ? "<strong>closer</strong>" : "farther";
}

function scoreTable(result: RealismResult): string {
  const rows = measuresOf(result).map((measure) => {
    const best = lowestCandidate(result, measure);
    const scores = result.rows.map((row) => {
      const text = scoreText(row.scores[measure]);
      return row === best ? `<strong>${text}</strong>` : text;
    });
    return { cells: [escapeText(MEASURE_TITLES[measure]), ...scores] };
  });
  const header = [
    "measure",
    ...result.rows.map(({ name, micrographs }) => `${escapeText(name)} (${micrographs})`),
  ];
  return htmlTable(
    "Realism scores, mean ± standard deviation, with the number of micrographs in brackets; the best candidate of each measure is bold",
    header,
    rows,
  );
}

function lowestCandidate(result: RealismResult, measure: RealismMeasure): RealismRow | undefined {
  return result.rows
    .filter((row) => row.role === "candidate" && row.scores[measure])
    .sort((a, b) => a.scores[measure]!.mean - b.scores[measure]!.mean)[0];
}
