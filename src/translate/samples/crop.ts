import type { Random } from "../../core/random.js";

/** Where a square crop lies in a micrograph and how it is turned: `turn` 0 to 7 are the symmetries of a square. */
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
 * Turns 0 to 3 are quarter turns counter-clockwise as displayed (y down), 4 to 7 the same after a mirroring of x.
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
  const [origin, rowStep, columnStep] = walk(turn, size, columns);
  const start = row * columns + column + origin;
  for (let r = 0; r < size; r++) {
    let from = start + r * rowStep;
    for (let c = 0; c < size; c++, from += columnStep) out[r * size + c] = data[from]!;
  }
  return out;
}

/** Offset of the first output sample and the steps in the input for one output row and one output column. */
function walk(turn: number, size: number, columns: number): readonly [number, number, number] {
  const last = size - 1;
  const [origin, down, right] = (
    [
      [0, columns, 1],
      [last, -1, columns],
      [last * columns + last, -columns, -1],
      [last * columns, 1, -columns],
    ] as const
  )[turn % 4]!;
  if (turn < 4) return [origin, down, right];
  return [origin + last * right, down, -right];
}
