import { reflected } from "../array/filter.js";
import { type Image, zeros } from "../array/image.js";
import { integerInRange } from "../core/check.js";

export interface TilingOptions {
  /** Sides of tiles are multiples of this: 2^depth of the network. */
  readonly multiple: number;
  /** Starts of tiles are multiples of this: every tile then meets the network's strides in the same phase. */
  readonly align: number;
  /** Largest side of a tile, a multiple of `multiple`. */
  readonly largest: number;
  /** Pixels that neighbouring tiles share, at least; below `largest`. */
  readonly overlap: number;
}

/** How one axis is cut: tiles of `size` at `starts`, the first of which may lie before the image's first pixel. */
export interface AxisPlan {
  readonly size: number;
  readonly starts: readonly number[];
}

/** Cuts an axis into the fewest tiles of one size; what they cover beyond the axis is shared between both ends. */
export function planAxis(length: number, { multiple, align, largest, overlap }: TilingOptions): AxisPlan {
  const up = (n: number, unit: number): number => Math.ceil(n / unit) * unit;
  const shared = integerInRange("tile overlap", overlap, 0, largest - align);
  if (length <= largest) {
    const size = up(length, multiple);
    return { size, starts: [-((size - length) >> 1)] };
  }
  const count = Math.ceil((length - shared) / (largest - shared));
  const size = Math.min(largest, up((length + (count - 1) * shared) / count, multiple));
  const stride = Math.min(
    up((length - size) / (count - 1), align),
    Math.floor((size - shared) / align) * align,
  );
  const tiles = Math.ceil((length - size) / stride) + 1;
  const first = -(((tiles - 1) * stride + size - length) >> 1);
  return { size, starts: Array.from({ length: tiles }, (_, i) => first + i * stride) };
}

/**
 * Applies a network to an image of any size: tile by tile with overlap, the image mirrored at its edges, the results blended
 * by weights that rise smoothly across the shared pixels and add up to 1. An image that fits into one tile is done in
 * one piece.
 *
 * @param planes of the image, all of one shape: the network is given the same tile of each
 * @param run tiles of exactly the planned size to the network's output of the same size, row by row
 */
export async function translateTiled(
  planes: readonly Image[],
  options: TilingOptions,
  run: (tiles: readonly Image[]) => Promise<Float32Array>,
): Promise<Image> {
  const [rows, columns] = planes[0]!.shape;
  const down = planAxis(rows, options);
  const across = planAxis(columns, options);
  const rowWeights = axisWeights(down);
  const columnWeights = axisWeights(across);
  const out = zeros(rows, columns);
  const tiles = planes.map(() => zeros(down.size, across.size));
  for (const [i, top] of down.starts.entries()) {
    for (const [j, left] of across.starts.entries()) {
      for (const [plane, tile] of tiles.entries()) copyMirrored(planes[plane]!, top, left, tile);
      blend(out, await run(tiles), [top, left], rowWeights[i]!, columnWeights[j]!);
    }
  }
  return out;
}

/** Fills `tile` from the image at (top, left), which may lie outside: mirrored at its edges. */
function copyMirrored({ data, shape }: Image, top: number, left: number, tile: Image): void {
  const [rows, columns] = tile.shape;
  const from = Int32Array.from({ length: columns }, (_, c) => reflected(left + c, shape[1]));
  for (let r = 0; r < rows; r++) {
    const base = reflected(top + r, shape[0]) * shape[1];
    for (let c = 0; c < columns; c++) tile.data[r * columns + c] = data[base + from[c]!]!;
  }
}

/** Weight of every pixel of every tile along an axis: squared sines over the shared pixels; they add up to 1. */
function axisWeights({ size, starts }: AxisPlan): readonly Float32Array[] {
  const shared = starts.length > 1 ? starts[0]! + size - starts[1]! : 0;
  const windows = starts.map((_, i) => {
    const weights = new Float32Array(size).fill(1);
    for (let k = 0; k < shared; k++) {
      const rise = Math.sin(((k + 0.5) / shared) * (Math.PI / 2)) ** 2;
      if (i > 0) weights[k]! *= rise;
      if (i < starts.length - 1) weights[size - 1 - k]! *= rise;
    }
    return weights;
  });
  const total = new Float32Array(starts.at(-1)! - starts[0]! + size);
  windows.forEach((window, i) => {
    for (let k = 0; k < size; k++) total[starts[i]! - starts[0]! + k]! += window[k]!;
  });
  return windows.map((window, i) => window.map((weight, k) => weight / total[starts[i]! - starts[0]! + k]!));
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
