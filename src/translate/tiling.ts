import { type Image, zeros } from "../array/image.js";
import { integerInRange } from "../core/check.js";

export interface TilingOptions {
  /** Sides that the network wants are multiples of this. */
  readonly multiple: number;
  /** Largest side of a tile, a multiple of `multiple`. */
  readonly largest: number;
  /** Pixels that neighbouring tiles share, at least. */
  readonly overlap: number;
}

/** How one axis is cut: `count` tiles of `size` at `starts` of an axis lengthened by `before` and up to `padded`. */
export interface AxisPlan {
  readonly size: number;
  readonly starts: readonly number[];
  /** Mirrored pixels in front of the first. */
  readonly before: number;
  readonly padded: number;
}

/**
 * Cuts an axis into the fewest equal tiles. Starts are multiples of `multiple`, so that every tile meets the network's
 * strides in the same phase; the axis is lengthened by mirroring to what the tiles cover.
 */
export function planAxis(length: number, { multiple, largest, overlap }: TilingOptions): AxisPlan {
  const up = (n: number): number => Math.ceil(n / multiple) * multiple;
  const shared = up(integerInRange("tile overlap", overlap, 0, largest - multiple));
  const whole = up(length);
  if (whole <= largest) return { size: whole, starts: [0], before: (whole - length) >> 1, padded: whole };
  const count = Math.ceil((whole - shared) / (largest - shared));
  const size = up(Math.ceil((whole + (count - 1) * shared) / count));
  const starts = Array.from({ length: count }, (_, i) => i * (size - shared));
  const padded = starts.at(-1)! + size;
  return { size, starts, before: (padded - length) >> 1, padded };
}

/**
 * Applies a network to an image of any size: tile by tile with overlap, the results blended by weights that rise as a
 * squared sine across the shared pixels and add up to 1. An image that fits into one tile is done in one piece.
 *
 * @param run a tile, row by row, of exactly the planned size to the network's output of the same size
 */
export async function translateTiled(
  image: Image,
  options: TilingOptions,
  run: (tile: Image) => Promise<Float32Array>,
): Promise<Image> {
  const [rows, columns] = image.shape;
  const down = planAxis(rows, options);
  const across = planAxis(columns, options);
  const rowWeights = axisWeights(down);
  const columnWeights = axisWeights(across);
  const out = zeros(rows, columns);
  const tile = zeros(down.size, across.size);
  for (const [i, top] of down.starts.entries()) {
    for (const [j, left] of across.starts.entries()) {
      copyMirrored(image, top - down.before, left - across.before, tile);
      const done = await run(tile);
      blend(out, done, [top - down.before, left - across.before], rowWeights[i]!, columnWeights[j]!);
    }
  }
  return out;
}

/** Fills `tile` from the image at (top, left), which may lie outside: mirrored about the edge pixels. */
function copyMirrored({ data, shape }: Image, top: number, left: number, tile: Image): void {
  const [rows, columns] = tile.shape;
  const from = Int32Array.from({ length: columns }, (_, c) => mirrored(left + c, shape[1]));
  for (let r = 0; r < rows; r++) {
    const base = mirrored(top + r, shape[0]) * shape[1];
    for (let c = 0; c < columns; c++) tile.data[r * columns + c] = data[base + from[c]!]!;
  }
}

/** Index of n samples mirrored about the first and the last, which are not repeated, as often as needed. */
function mirrored(index: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const i = ((index % period) + period) % period;
  return i < n ? i : period - i;
}

/** Weight of every pixel of every tile along an axis; over all tiles they add up to 1. */
function axisWeights({ size, starts }: AxisPlan): readonly Float32Array[] {
  const shared = starts.length > 1 ? starts[0]! + size - starts[1]! : 0;
  return starts.map((_, i) => {
    const weights = new Float32Array(size).fill(1);
    for (let k = 0; k < shared; k++) {
      const rise = Math.sin(((k + 0.5) / shared) * (Math.PI / 2)) ** 2;
      if (i > 0) weights[k] = rise;
      if (i < starts.length - 1) weights[size - 1 - k] = rise;
    }
    return weights;
  });
}

function blend(
  out: Image,
  tile: Float32Array,
  [top, left]: readonly [number, number],
  rowWeights: Float32Array,
  columnWeights: Float32Array,
): void {
  const [rows, columns] = out.shape;
  const side = columnWeights.length;
  for (let r = Math.max(0, -top); r < rowWeights.length && top + r < rows; r++) {
    for (let c = Math.max(0, -left); c < side && left + c < columns; c++) {
      out.data[(top + r) * columns + left + c]! += rowWeights[r]! * columnWeights[c]! * tile[r * side + c]!;
    }
  }
}
