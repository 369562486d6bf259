import type { Postprocessed } from "../../evaluate/maps/postprocess.js";

/** What a postprocessing found, as a program is told it. */
export interface PostprocessResult {
  /** Names of the files written. */
  readonly written: readonly string[];
  /** Angstrom: last shell before the curve falls below 0.143, and at the crossing between shells. */
  readonly resolution: number;
  readonly interpolated: number;
  /** Angstrom, finest and coarsest of the draws of random phases; absent without mask. */
  readonly byDraw?: readonly [finest: number, coarsest: number];
  readonly masking: Postprocessed["masking"];
  /** Mean correlation up to Nyquist. */
  readonly area: number;
  /** Angstrom². */
  readonly bFactor: number;
  /** Angstrom, at each place where it was measured. */
  readonly local?: readonly number[];
  /** Least over largest area of the curves by direction. */
  readonly areaRatio?: number;
  /** Number of particles whose orientations were drawn. */
  readonly particles?: number;
}
