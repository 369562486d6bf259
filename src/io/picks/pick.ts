/** The place of one particle in a micrograph. */
export interface Pick {
  /** Name of the micrograph, as the format gives it. */
  readonly micrograph: string;
  /** Pixels from the centre of the first array element, x along columns, y along rows downward. */
  readonly x: number;
  readonly y: number;
  /** Higher means surer; the scale is the picker's own. */
  readonly score?: number;
  /** Side of its box, pixels. */
  readonly boxSize?: number;
}

/**
 * The same picks in an image whose rows run the other way: y becomes rows - 1 - y. Programs that put the origin in the
 * lower left corner (EMAN, and cryoSPARC's exports among others) need it.
 * @param rows of the micrograph
 */
export function flipPickRows(picks: readonly Pick[], rows: number): Pick[] {
  return picks.map((pick) => ({ ...pick, y: rows - 1 - pick.y }));
}

/** The name of a file without its folders and its last ending, as Topaz and others name micrographs. */
export const micrographStem = (path: string): string =>
  path.replace(/^.*\//, "").replace(/(?<=.)\.[^.]*$/, "");

/** A coordinate as text: whole numbers bare, others to a thousandth of a pixel. */
export const coordinateText = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/\.?0+$/, "");
