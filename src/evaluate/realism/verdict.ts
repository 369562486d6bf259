import { DomainError } from "../../core/errors.js";
import type { Score } from "../spread.js";
import type { RealismMeasure } from "./measures.js";
import type { RealismResult, RealismRow } from "./realism.js";
import { measuresOf } from "./table.js";

/** How a set compares with its baselines by one measure. */
export interface Verdict {
  readonly measure: RealismMeasure;
  readonly subject: Score;
  /** The baseline with the lowest score. */
  readonly bestBaseline: string;
  readonly baseline: Score;
  /** Whether the subject's mean is lower than that of every baseline. */
  readonly closer: boolean;
  /** In how many of the repeats it is lower than that baseline: all sets meet the same real micrographs in a repeat. */
  readonly wins: number;
  readonly repeats: number;
  /** Whether the subject's mean lies within two spreads of real against real. */
  readonly atFloor: boolean;
}

/**
 * Compares a set with the baselines it has to beat, measure by measure.
 *
 * @throws DomainError if the result has no row of a name
 */
export function verdicts(
  result: RealismResult,
  subject: string,
  baselines: readonly string[],
): readonly Verdict[] {
  const floor = result.rows.find((row) => row.role === "floor");
  const judged = rowOf(result, subject);
  const others = baselines.map((name) => rowOf(result, name));
  return measuresOf(result).flatMap((measure) => {
    const score = judged.scores[measure];
    const best = others
      .flatMap((row) => (row.scores[measure] ? [{ name: row.name, score: row.scores[measure] }] : []))
      .sort((a, b) => a.score.mean - b.score.mean)[0];
    const lowest = floor?.scores[measure];
    if (!score || !best) return [];
    return {
      measure,
      subject: score,
      bestBaseline: best.name,
      baseline: best.score,
      closer: score.mean < best.score.mean,
      wins: score.values.filter((value, repeat) => value < best.score.values[repeat]!).length,
      repeats: score.values.length,
      atFloor: lowest !== undefined && score.mean <= lowest.mean + 2 * lowest.spread,
    };
  });
}

function rowOf(result: RealismResult, name: string): RealismRow {
  const row = result.rows.find((each) => each.name === name);
  if (row) return row;
  const names = result.rows.map((each) => each.name).join(", ");
  throw new DomainError("name of a set in the realism table", name, `one of ${names}`);
}
