import { padImage } from "../tensor/layout.js";
import { conv2d } from "../tensor/linear.js";
import { upsampleNearest } from "../tensor/reduce.js";
import { constant, type Value } from "../tensor/value.js";

/** A separable filter of sum 1 for every channel by itself, [channels, 1, n, n]. */
function blurKernel(channels: number, taps: readonly number[]): Value {
  const sum = taps.reduce((a, b) => a + b, 0) ** 2;
  const one = taps.flatMap((row) => taps.map((column) => (row * column) / sum));
  const side = taps.length;
  return constant(
    Float32Array.from({ length: channels * one.length }, (_, i) => one[i % one.length]!),
    [...[channels, 1, side, side]],
  );
}

/**
 * Halves the sides after a blur of [1, 3, 3, 1] / 8 along either axis, mirrored at the edges (Zhang 2019, "Making
 * convolutional networks shift-invariant again").
 */
export function blurredHalf(x: Value): Value {
  const channels = x.type.shape[1]!;
  const padded = padImage(x, [1, 1, 2, 2], "reflect");
  return conv2d(padded, blurKernel(channels, [1, 3, 3, 1]), { stride: 2, groups: channels });
}

/**
 * Doubles the sides by [1, 3, 3, 1] / 4 along either axis, the edge pixels repeated. Computed as what it equals: every pixel
 * repeated 2 x 2, then a blur of [1, 2, 1] / 4.
 */
export function blurredDouble(x: Value): Value {
  const channels = x.type.shape[1]!;
  const padded = padImage(upsampleNearest(x, 2), [1, 1, 1, 1], "reflect");
  return conv2d(padded, blurKernel(channels, [1, 2, 1]), { groups: channels });
}
