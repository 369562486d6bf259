import type { Image } from "../../array/image.js";
import { crop } from "../../array/resample.js";
import type { ImageSource } from "../../train/image-source.js";

/** Side of the patches in which held-out parts are compared: enough pixels for a kurtosis, and smaller than most particles. */
export const HELD_OUT_PATCH = 32;
/** Held-out micrographs at most, spread evenly over all. */
const MOST = 32;

/** Rows at the lower edge of a real micrograph that no crop is drawn from where the best checkpoint is kept: an eighth. */
export const heldOutRows = (rows: number): number => Math.max(HELD_OUT_PATCH, Math.round(rows / 8));

/** The part of a real micrograph that crops are drawn from. */
export const shownShape = ([rows, columns]: Image["shape"]): Image["shape"] => [
  rows - heldOutRows(rows),
  columns,
];

/** The held-out parts of real micrographs. */
export async function heldOutParts(real: ImageSource<Image>): Promise<readonly Image[]> {
  const count = Math.min(MOST, real.count);
  const parts: Image[] = [];
  for (let i = 0; i < count; i++) {
    const image = await real.load(Math.floor(((i + 0.5) * real.count) / count));
    const [shown, columns] = shownShape(image.shape);
    parts.push(crop(image, 0, shown, [image.shape[0] - shown, columns]));
  }
  return parts;
}
