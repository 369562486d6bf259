import type { Intervals } from "../../evaluate/picking/bootstrap.js";
import type { PickingScores } from "../../evaluate/picking/picking.js";

/** What a user may ask of `pick score`. */
export interface PickScoreOptions {
  /** Each a picker's: a folder that `pick run` wrote, a folder of coordinate files, or one file. */
  readonly picks: readonly string[];
  /** Coordinates of the same kinds, or a dataset folder. */
  readonly truth: string;
  /** Angstrom: how far a pick may lie from the truth. */
  readonly radius: number;
  /** Of the micrographs that were picked, angstrom; and of the coordinates of truth and ceiling, by default the same. */
  readonly pixelSize: number;
  readonly truthPixelSize?: number;
  /** Pixels along the edges that do not count; default 0. */
  readonly margin?: number;
  /** Default: the picker's own, else all picks. */
  readonly threshold?: number;
  /** Another annotator's coordinates. */
  readonly ceiling?: string;
  /** Coordinates of places of which nobody knows what is there; of a folder that `pick run` wrote its picks above the threshold. */
  readonly unsure?: string;
  /** Folder of the micrographs, or their size, which a margin needs where nothing else says it. */
  readonly micrographs?: string;
  readonly micrographSize?: readonly [rows: number, columns: number];
  /** Folder for tables and figure; none: they are not written. */
  readonly out?: string;
}

/** What is known of one picker in the end. */
export interface PickerScores {
  readonly name: string;
  readonly scores: PickingScores;
  readonly intervals: Intervals;
  /** Absent: every pick counted. */
  readonly threshold?: number;
  readonly micrographs: readonly { readonly name: string; readonly scores: PickingScores }[];
}

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
