import type { Files } from "../core/ports.js";
import { inside } from "../dataset/layout.js";
import { readTopaz } from "../io/picks/topaz.js";
import { PICKS, type PickRecord, parsePickRecord } from "../jobs/pick-run/records.js";
import { histogramChart } from "../plot/histogram-chart.js";
import { lineChart } from "../plot/line-chart.js";
import { escapeText } from "../plot/svg.js";
import type { ReportFigure, ReportPicks } from "./data.js";
import { htmlFigure, htmlRow, htmlTable, paragraph, type ReportSection } from "./html.js";

/** Pictures shown: the micrographs with the fewest, the middle and the most picks tell more than the first ones. */
const SHOWN = 6;
/** Bytes of pictures that a page may hold: it is sent by mail. */
const MOST_BYTES = 6e6;
/** Lines of the table of micrographs. */
const LISTED = 60;

/** What the report shows of a folder that `pick run` wrote. @throws FileError, FormatError */
export async function readPicksFolder(dir: string, files: Files): Promise<ReportPicks> {
  const text = async (name: string): Promise<string> =>
    new TextDecoder().decode(await files.read(inside(dir, name)));
  const record = parsePickRecord(await text(PICKS.record), inside(dir, PICKS.record));
  const scores = readTopaz(await text(PICKS.all), inside(dir, PICKS.all)).flatMap(({ score }) => score ?? []);
  const sorted = record.micrographs.toSorted((a, b) => a.picks - b.picks);
  const count = Math.min(SHOWN, sorted.length);
  const places = Array.from({ length: count }, (_, i) =>
    Math.round((i * (sorted.length - 1)) / Math.max(1, count - 1)),
  );
  const pictures: ReportFigure[] = [];
  let bytes = 0;
  for (const place of places) {
    const { name } = sorted[place]!;
    const path = inside(dir, `pictures/${name}.svg`);
    const size = await files.size(path);
    if (bytes + size > MOST_BYTES) break;
    bytes += size;
    const markup = new TextDecoder().decode(await files.read(path));
    pictures.push({ kind: "svg", markup, caption: "" });
  }
  return { record, scores, pictures };
}

/** The picks as a section: how many at which threshold, on which micrograph, and where. */
export function picksSection({ record, scores, pictures }: ReportPicks): ReportSection {
  const { threshold, micrographs, failed } = record;
  const total = micrographs.reduce((sum, { picks }) => sum + picks, 0);
  const why = {
    given: "as it was given",
    model: "the picker's own",
    scores: "told from the scores of all micrographs",
  };
  const body =
    paragraph(
      `${total} picks on ${micrographs.length} micrographs, at a score of ${threshold.value.toPrecision(3)} or ` +
        `more (${why[threshold.source]}). ` +
        "Look at the pictures: where the threshold is too low, ice and edges are picked as well; where it is too " +
        "high, particles that you " +
        "see are left out. `cryogem pick run --threshold` takes another one without picking again.",
    ) +
    (failed.length > 0 ? failedTable(failed) : "") +
    htmlRow([scoreFigure(scores, threshold.value), countFigure(scores, threshold.value)], "halves") +
    htmlRow(
      pictures.map((figure) => htmlFigure(figure)),
      "halves",
    ) +
    countTable(micrographs);
  return { id: "picks", title: "Picks on the real micrographs", body };
}

function scoreFigure(scores: readonly number[], threshold: number): string {
  const groups = [
    { name: "picked", values: scores.filter((score) => score >= threshold) },
    { name: "not picked", values: scores.filter((score) => score < threshold) },
  ].filter(({ values }) => values.length > 0);
  const markup = histogramChart({ title: "Scores", xLabel: "score", samples: groups });
  return htmlFigure({
    kind: "svg",
    markup,
    caption: "Two hills apart from each other mean a clear threshold between them.",
  });
}

/** Points of the curve of counts. */
const POINTS = 100;

function countFigure(scores: readonly number[], threshold: number): string {
  const sorted = scores.toSorted((a, b) => b - a);
  const step = Math.max(1, Math.floor(sorted.length / POINTS));
  const places = sorted.map((_, i) => i).filter((i) => i % step === 0 || i === sorted.length - 1);
  const picked = scores.filter((score) => score >= threshold).length;
  const markup = lineChart({
    title: "Picks by threshold",
    x: { label: "threshold" },
    y: { label: "picks" },
    series: [{ name: "Picks by threshold", x: places.map((i) => sorted[i]!), y: places.map((i) => i + 1) }],
    levels: [{ name: "threshold used", y: picked }],
  });
  return htmlFigure({
    kind: "svg",
    markup,
    caption: "A flat stretch means that the exact threshold hardly matters.",
  });
}

function countTable(micrographs: PickRecord["micrographs"]): string {
  const rows = micrographs
    .slice(0, LISTED)
    .map(({ name, picks, peaks }) => ({ cells: [escapeText(name), String(picks), String(peaks)] }));
  const rest = micrographs.length - rows.length;
  return (
    htmlTable("Picks of each micrograph", ["micrograph", "picks", "peaks in all"], rows) +
    (rest > 0 ? paragraph(`${rest} more stand in ${PICKS.record}.`) : "")
  );
}

const failedTable = (failed: PickRecord["failed"]): string =>
  htmlTable(
    "Micrographs left out",
    ["micrograph", "reason"],
    failed.map(({ file, reason }) => ({ cells: [escapeText(file), escapeText(reason)] })),
  );
