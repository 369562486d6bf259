import { FormatError } from "../../core/errors.js";
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

/**
 * Refuses picks that all lie between the first two pixels, which no particles do: their places are shares of the micrograph's
 * sides, as cryoSPARC and detectors of objects count.
 *
 * @throws FormatError
 */
export function refuseShares<P extends Pick>(picks: readonly P[], path: string): readonly P[] {
  // COCO's boxes have lost half a pixel
  const isShare = (value: number): boolean => value >= -0.5 && value <= 1;
  // one pick alone may well lie in the first pixels, but its box is no smaller than one
  const areShares =
    (picks.length > 1 || picks.some(({ boxSize = 1 }) => boxSize < 1)) &&
    picks.every(({ x, y }) => isShare(x) && isShare(y)) &&
    picks.some(({ x, y }) => !Number.isInteger(x) || !Number.isInteger(y));
  if (!areShares) return picks;
  const { x, y } = picks[0]!;
  throw new FormatError(path, "places", [x, y], "pixels: all lie within 0 to 1, as shares of the sides do");
}

/** Why a name cannot stand in a table, as "a line break or another control character"; nothing where it can. */
export function flawOfName(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return "a line break or another control character";
  // what stands in place of bytes that are not UTF-8: no file has that name
  return name.includes("\ufffd") ? "letters that are not in UTF-8" : undefined;
}
