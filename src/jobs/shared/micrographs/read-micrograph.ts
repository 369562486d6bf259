import { type MendedImage, withoutDefects } from "../../../array/defects.js";
import type { Files } from "../../../core/ports.js";
import { readImage } from "../../../io/read-image.js";

/** A real micrograph as the work with it begins. */
export interface RealMicrograph extends MendedImage {
  /** Angstrom; only where the file says so. */
  readonly pixelSize?: number;
}

/**
 * Reads a real micrograph to learn from it, to measure it or to pick on it: hot pixels and blank rows and columns
 * are filled in (`withoutDefects`). What is cut out of it for a map is read as it is.
 *
 * @throws FileError, and as `readImage`
 */
export async function readRealMicrograph(files: Files, path: string): Promise<RealMicrograph> {
  const { image, pixelSize } = await readImage(await files.read(path), path);
  return { ...withoutDefects(image), ...(pixelSize !== undefined && { pixelSize }) };
}
