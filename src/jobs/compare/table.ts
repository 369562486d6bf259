import { mean } from "../../array/statistics.js";
import { FileError } from "../../core/errors.js";
import type { ContentCounts } from "../../evaluate/realism/content.js";
import { MEASURE_TITLES, REALISM_MEASURES, type RealismMeasure } from "../../evaluate/realism/measures.js";
import type { RealismResult, RealismRow } from "../../evaluate/realism/realism.js";
import { type Score, summarise } from "../../evaluate/spread.js";
import { csvLine } from "../../io/bytes/csv.js";

/** A row as it was trained. */
export interface ComparedRow {
  readonly text: string;
  /** Of its datasets, by which the scores name it. */
  readonly name: string;
  /** Of its training; absent: it has no network. */
  readonly steps?: number;
  /** Of the training, by seed; absent: it has no network. */
  readonly seconds?: readonly number[];
}

/** What was measured with one seed. */
export interface SeedScores {
  readonly realism: RealismResult;
  readonly content: readonly {
    readonly row: string;
    /** Of the average particle with the clean one, 1 where nothing is lost. */
    readonly correlation: number;
    /** Between the two averages, pixels. */
    readonly offset: number;
    readonly counts: ContentCounts;
  }[];
}

/** Measures of a comparison beside those of realism. */
export const CONTENT_TITLES = {
  contentCorrelation: "Average particle, correlation with the clean one",
  contentOffset: "Average particle, offset in pixels",
  contentLost: "Particles lost, of a hundred",
  contentMoved: "Particles moved, of a hundred",
  contentInvented: "Particles invented, for a hundred labelled",
} as const;
export type ComparedMeasure = RealismMeasure | keyof typeof CONTENT_TITLES;

/** What a measure is called. */
export const titleOf = (measure: ComparedMeasure): string =>
  measure in CONTENT_TITLES
    ? CONTENT_TITLES[measure as keyof typeof CONTENT_TITLES]
    : MEASURE_TITLES[measure as RealismMeasure];

/** A row with its scores; of a translator, over the seeds. */
export interface ScoredRow {
  readonly text: string;
  readonly role: RealismRow["role"];
  readonly steps?: number;
  /** Mean over the seeds. */
  readonly seconds?: number;
  readonly scores: Readonly<Partial<Record<ComparedMeasure, Score>>>;
}

/** The result of a comparison: compare.json. */
export interface Comparison {
  readonly format: "cryogem-comparison";
  readonly formatVersion: 1;
  readonly program: string;
  /** Of training, for every row with a network. */
  readonly minutes: number;
  readonly seeds: readonly number[];
  readonly rows: readonly ScoredRow[];
}

/** Scores by row, mean and standard deviation over the seeds; floor and ceiling are those of the first seed, which all share. */
export function summariseRows(
  rows: readonly ComparedRow[],
  scores: readonly SeedScores[],
  about: Pick<Comparison, "minutes" | "seeds" | "program">,
): Comparison {
  const references = scores[0]!.realism.rows.filter(({ role }) => role !== "candidate");
  return {
    ...{ format: "cryogem-comparison", formatVersion: 1, ...about },
    rows: [
      ...references.map(({ name, role, scores: own }) => ({ text: name, role, scores: own })),
      ...rows.map((row) => scoredRow(row, scores)),
    ],
  };
}

function scoredRow({ text, name, steps, seconds }: ComparedRow, scores: readonly SeedScores[]): ScoredRow {
  const found = scores.map(({ realism, content }) => {
    const row = realism.rows.find((each) => each.role === "candidate" && each.name === name);
    const kept = content.find((each) => each.row === name);
    if (!row || !kept) throw new FileError("compare", `no scores of ${name}`, "those of every row");
    return { row, kept };
  });
  const measured: Partial<Record<ComparedMeasure, Score>> = {};
  for (const measure of REALISM_MEASURES) {
    const values = found.flatMap(({ row }) => row.scores[measure]?.mean ?? []);
    if (values.length === found.length) measured[measure] = summarise(values);
  }
  measured.contentCorrelation = summarise(found.map(({ kept }) => kept.correlation));
  measured.contentOffset = summarise(found.map(({ kept }) => kept.offset));
  const share = (count: "lost" | "moved" | "invented"): Score =>
    summarise(found.map(({ kept: { counts } }) => (100 * counts[count]) / Math.max(1, counts.particles)));
  measured.contentLost = share("lost");
  measured.contentMoved = share("moved");
  measured.contentInvented = share("invented");
  return {
    ...{ text, role: "candidate", scores: measured },
    ...(steps !== undefined && { steps }),
    ...(seconds && { seconds: mean(seconds) }),
  };
}

/** The measures that at least one row has, in the order of the table: content first, since what has lost it is worth nothing else. */
export const measuresOf = ({ rows }: Comparison): readonly ComparedMeasure[] =>
  [...(Object.keys(CONTENT_TITLES) as (keyof typeof CONTENT_TITLES)[]), ...REALISM_MEASURES].filter(
    (measure) => rows.some(({ scores }) => scores[measure]),
  );

/** The comparison as CSV: one line for each row and measure. */
export function comparisonCsv(comparison: Comparison): string {
  const lines = comparison.rows.flatMap(({ text, role, steps, seconds, scores }) =>
    measuresOf(comparison).map((measure) => {
      const score = scores[measure];
      return csvLine([
        ...[text, role, steps ?? "", seconds === undefined ? "" : seconds.toFixed(1)],
        ...[measure, score?.mean ?? "", score && score.values.length > 1 ? score.spread : ""],
        score?.values.length ?? "",
      ]);
    }),
  );
  return `${["row,role,steps,training_seconds,measure,mean,spread,repeats", ...lines].join("\n")}\n`;
}
