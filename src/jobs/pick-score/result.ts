import type { Intervals } from "../../evaluate/picking/bootstrap.js";
import type { PickingScores } from "../../evaluate/picking/picking.js";

/** What is known of one picker in the end. */
export interface PickerScores {
  readonly name: string;
  readonly scores: PickingScores;
  readonly intervals: Intervals;
  /** Absent: every pick counted. */
  readonly threshold?: number;
  readonly micrographs: readonly { readonly name: string; readonly scores: PickingScores }[];
}

/** The scores of all pickers, with the protocol as text; `ceiling` is the second annotator, scored in the same way. */
export interface PickScoreResult {
  readonly protocol: string;
  readonly pickers: readonly PickerScores[];
  readonly ceiling?: PickerScores;
}

/** The result without its curves, for programs. */
export const summaryOf = ({
  protocol,
  pickers,
  ceiling,
}: PickScoreResult): Readonly<Record<string, unknown>> => {
  const brief = ({ name, threshold, intervals, scores: { curve: _, ...scores } }: PickerScores) => ({
    name,
    ...(threshold !== undefined && { threshold }),
    ...scores,
    intervals,
  });
  return { protocol, pickers: pickers.map(brief), ...(ceiling && { ceiling: brief(ceiling) }) };
};
