import type { Image } from "../../../array/image.js";

/** Squares of `size` pixels side by side from the first pixel on; a rest at the right and lower edge is left out. */
export interface PatchGrid {
  readonly across: number;
  readonly down: number;
  readonly size: number;
}

/** The patches that fit into a shape. */
export const patchGrid = (shape: Image["shape"], size: number): PatchGrid => ({
  across: Math.floor(shape[1] / size),
  down: Math.floor(shape[0] / size),
  size,
});

/** Copies the square of `size` pixels at (left, top) into `out`, row after row, and returns `out`. */
export function copyPatch(
  image: Image,
  left: number,
  top: number,
  size: number,
  out: Float32Array,
): Float32Array {
  const columns = image.shape[1];
  for (let y = 0; y < size; y++) {
    const start = (top + y) * columns + left;
    for (let x = 0; x < size; x++) out[y * size + x] = image.data[start + x]!;
  }
  return out;
}
