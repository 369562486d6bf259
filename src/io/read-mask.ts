import type { Volume } from "../array/image.js";
import { FormatError } from "../core/errors.js";
import { type MapReading, readMap } from "./read-map.js";

/** What resampling and rounding may add to a mask of 0 to 1. */
const TOLERANCE = 1e-3;

/**
 * Reads a mask: a map of values from 0 to 1, not all alike.
 * @throws FormatError for other values, as of a mask stored in bytes that are read as signed; and as readMap does
 */
export async function readMask(bytes: Uint8Array, path: string, reading?: MapReading): Promise<Volume> {
  const mask = await readMap(bytes, path, reading);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of mask.data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -TOLERANCE || high > 1 + TOLERANCE) {
    throw new FormatError(path, "values of the mask", `${low} to ${high}`, "values from 0 to 1");
  }
  if (low === high)
    throw new FormatError(
      path,
      "values of the mask",
      `${low} everywhere`,
      "values from 0 to 1, not all alike",
    );
  return mask;
}
