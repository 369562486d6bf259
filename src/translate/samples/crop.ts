import { turnedWalk } from "../../array/eight-turns.js";
import type { Random } from "../../core/random.js";

/** Where a square crop lies in a micrograph and which of the eight turns it is given. */
export interface CropPlace {
  readonly row: number;
  readonly column: number;
  readonly size: number;
  readonly turn: number;
}

/** A place drawn uniformly among those inside the micrograph, with a uniform turn. */
export function drawCrop(
  shape: readonly [rows: number, columns: number],
  size: number,
  random: Random,
): CropPlace {
  return {
    row: random.integer(shape[0] - size + 1),
    column: random.integer(shape[1] - size + 1),
    size,
    turn: random.integer(8),
  };
}

/**
 * Cuts a crop out of a row-major array, turned; an image, its mask and its ice map cut at one place stay together.
 *
 * @param out receives size x size values
 */
export function cutCrop<T extends Float32Array | Uint8Array>(
  data: T,
  columns: number,
  place: CropPlace,
  out: T,
): T {
  const { row, column, size, turn } = place;
  const { first, down, right } = turnedWalk(turn, [size, size], columns);
  const start = row * columns + column + first;
  for (let r = 0; r < size; r++) {
    let from = start + r * down;
    for (let c = 0; c < size; c++, from += right) out[r * size + c] = data[from]!;
  }
  return out;
}
