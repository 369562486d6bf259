import type { Image } from "../../array/image.js";

/** The centre of a particle in an image, pixels. */
export interface Centre {
  readonly x: number;
  readonly y: number;
}

/**
 * Sum of the boxes around centres (rounded to pixels) that lie wholly inside the image; adds to `sum`.
 *
 * @param sum [box * box], changed
 * @returns how many boxes were added
 */
export function addBoxes(
  { data, shape }: Image,
  centres: readonly Centre[],
  box: number,
  sum: Float64Array,
): number {
  const half = box >> 1;
  let count = 0;
  for (const { x, y } of centres) {
    const left = Math.round(x) - half;
    const top = Math.round(y) - half;
    if (left < 0 || top < 0 || left + box > shape[1] || top + box > shape[0]) continue;
    count++;
    for (let r = 0; r < box; r++) {
      for (let c = 0; c < box; c++) sum[r * box + c]! += data[(top + r) * shape[1] + left + c]!;
    }
  }
  return count;
}
