import type { RowPixelSizes } from "../star/pixel-sizes.js";

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

/** A pick as a table of particles gives it: a coordinate, and an origin that moves the particle away from there. */
export interface CoordinatePick extends Pick {
  /** Angstrom: the particle sits at its coordinate less this. Absent: at the coordinate. */
  readonly origin?: { readonly x: number; readonly y: number };
  /** Angstrom per pixel, as far as the file says, where there is an origin. */
  readonly pixelSizes?: RowPixelSizes;
}

/**
 * The same picks in an image whose rows run the other way: y becomes rows - 1 - y. Programs that put the origin in the
 * lower left corner (EMAN, and cryoSPARC's exports among others) need it.
 * @param rows of the micrograph
 */
export function flipPickRows(picks: readonly Pick[], rows: number): Pick[] {
  return picks.map((pick) => ({ ...pick, y: rows - 1 - pick.y }));
}

/** Endings of images, packed or not, that programs give micrographs; other dots belong to a name. */
const IMAGE_ENDING =
  /(?<=.)\.(mrcs?|map|st|ali|rec|ctf|eer|tiff?|png|jpe?g|hdf5?|h5|img|spi|dm[34]|raw|dat)(\.(gz|bz2))?$/i;

/** The name of a micrograph without folders and without the ending of an image, as Topaz and others name micrographs. */
export const micrographStem = (path: string): string =>
  path.replace(/^.*[\\/]/, "").replace(IMAGE_ENDING, "");

/** A coordinate as text: whole numbers bare, others to a thousandth of a pixel. */
export const coordinateText = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/\.?0+$/, "");

/** Why a name cannot stand in a table, as "a line break or another control character"; nothing where it can. */
export function flawOfName(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return "a line break or another control character";
  // what stands in place of bytes that are not UTF-8: no file has that name
  return name.includes("\ufffd") ? "letters that are not in UTF-8" : undefined;
}
