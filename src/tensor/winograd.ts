import { onLattice } from "./lattice.js";
import { concat, padImage, reshape, slice, transpose } from "./layout.js";
import { gemm, matmul } from "./linear.js";
import { convolvedSize } from "./shape.js";
import { toomCook } from "./toom-cook.js";
import type { ConvolutionAttrs } from "./types.js";
import { constant, type Value } from "./value.js";

/** Side of the output tiles: 36 products of single numbers instead of 144 for a kernel of 4; rounding grows fivefold. */
const TILE = 3;
/** Products of channels, and pixels, from which on the saved multiplications outweigh the transforms. */
const MANY_CHANNELS = 2 ** 14;
const MANY_PIXELS = 400;

/** Whether a convolution is faster by Winograd's algorithm: one image, stride 1, kernels of 3 or 4, many channels and pixels. */
export function isFasterByWinograd(x: Value, weights: readonly number[], attrs: ConvolutionAttrs): boolean {
  const [out, inputs, kh, kw] = weights as [number, number, number, number];
  const { strides, dilations, groups, pads } = attrs;
  const isPlain = [...strides, ...dilations, groups, x.type.shape[0]!].every((n) => n === 1);
  if (!isPlain || kh !== kw || kh < 3 || kh > 4 || Math.min(...pads) < 0) return false;
  const { rows, columns } = outputSize(x, kh, attrs);
  return out * inputs >= MANY_CHANNELS && rows * columns >= MANY_PIXELS;
}

/**
 * conv2d by the algorithm of Winograd, as Lavin & Gray (2016) use it, on tiles of m x m output pixels: input tiles of
 * n = m + r - 1 pixels a side and r x r kernels are taken to n x n points, where convolution is multiplication; the sums
 * over channels are then n² matrix products.
 *
 * @param isTurned whether to convolve with the weights turned by 180 degrees, their channels exchanged: conv2d's
 *   gradient. `weights` are still given as they are.
 */
export function winogradConv2d(x: Value, weights: Value, attrs: ConvolutionAttrs, isTurned = false): Value {
  const [first, second, side] = weights.type.shape as [number, number, number];
  const size = outputSize(x, side, attrs);
  const { result, kernel, points } = matrices(side);
  const perPoint = isTurned ? kernel.map((row) => row.toReversed()) : kernel;
  const flat = reshape(weights, [first * second, side * side]);
  const u = reshape(gemm(matrix(perPoint), flat, { transB: true }), [points, first, second]);
  const products = matmul(isTurned ? transpose(u, [0, 2, 1]) : u, inputTiles(x, side, attrs));
  const channels = isTurned ? second : first;
  const [down, across] = [tiles(size.rows), tiles(size.columns)];
  const places = reshape(gemm(matrix(result), reshape(products, [points, -1])), [
    TILE,
    TILE,
    channels,
    down,
    across,
  ]);
  const image = reshape(transpose(places, [2, 3, 0, 4, 1]), [1, channels, down * TILE, across * TILE]);
  return slice(image, [
    { axis: 2, end: size.rows },
    { axis: 3, end: size.columns },
  ]);
}

/** The gradient of the weights: the same three transforms the other way round. */
export function winogradWeightGradient(
  x: Value,
  dy: Value,
  shape: readonly number[],
  attrs: ConvolutionAttrs,
): Value {
  const [out, inputs, side] = shape as [number, number, number];
  const { result, kernel, points } = matrices(side);
  const [rows, columns] = dy.type.shape.slice(2) as [number, number];
  const [down, across] = [tiles(rows), tiles(columns)];
  const padded = padImage(dy, [0, 0, down * TILE - rows, across * TILE - columns]);
  const places = transpose(reshape(padded, [out, down, TILE, across, TILE]), [2, 4, 0, 1, 3]);
  const spread = gemm(matrix(result), reshape(places, [TILE * TILE, -1]), { transA: true });
  const seen = transpose(inputTiles(x, side, attrs), [0, 2, 1]);
  const products = matmul(reshape(spread, [points, out, down * across]), seen);
  const dw = gemm(reshape(products, [points, out * inputs]), matrix(kernel), { transA: true });
  return reshape(dw, shape);
}

/** Input tiles at their points: [n², channels, tiles]. */
function inputTiles(x: Value, side: number, attrs: ConvolutionAttrs): Value {
  const [, channels, height, width] = x.type.shape as [number, number, number, number];
  const { rows, columns } = outputSize(x, side, attrs);
  const [down, across] = [tiles(rows), tiles(columns)];
  const [top, left] = attrs.pads;
  const n = TILE + side - 1;
  const below = down * TILE + side - 1 - height - top;
  const right = across * TILE + side - 1 - width - left;
  const padded = padImage(x, [top, left, below, right]);
  const parts: Value[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const part = onLattice(padded, { from: [i, j], size: [down, across], strides: [TILE, TILE] });
      parts.push(reshape(part, [1, channels * down * across]));
    }
  }
  const transformed = gemm(matrix(matrices(side).input), concat(parts, 0));
  return reshape(transformed, [n * n, channels, down * across]);
}

const tiles = (length: number): number => Math.ceil(length / TILE);

const outputSize = ({ type: { shape } }: Value, side: number, attrs: ConvolutionAttrs) => ({
  rows: convolvedSize(shape[2]!, side, 0, attrs),
  columns: convolvedSize(shape[3]!, side, 1, attrs),
});

type Matrix = readonly (readonly number[])[];

/** The transforms of both axes at once, for tiles read row by row. */
function matrices(side: number) {
  const { result, kernel, input } = toomCook(TILE, side);
  const n = TILE + side - 1;
  return { result: bothAxes(result), kernel: bothAxes(kernel), input: bothAxes(input), points: n * n };
}

const bothAxes = (one: Matrix): Matrix =>
  one.flatMap((a) => one.map((b) => a.flatMap((x) => b.map((y) => x * y))));

const matrix = (rows: Matrix): Value => constant(rows.flat(), [rows.length, rows[0]!.length]);
