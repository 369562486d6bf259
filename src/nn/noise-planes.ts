import { mul } from "../tensor/elementwise.js";
import { concat, slice } from "../tensor/layout.js";
import { conv2d } from "../tensor/linear.js";
import { averagePool } from "../tensor/reduce.js";
import { constant, type Value } from "../tensor/value.js";
import type { NoiseAt } from "./layers.js";

/** The image of a generator's planes: the first. */
export const imagePlane = (x: Value): Value => slice(x, { axis: 1, end: 1 });

const hasNoise = (x: Value): boolean => x.type.shape[1] === 2;

/** What the first convolution sees of a generator's planes; an image without a noise plane has no noise field of its own: zeros. */
export function encoderInput(x: Value, noiseAt: NoiseAt): Value {
  if (noiseAt !== "channel") return imagePlane(x);
  return hasNoise(x) ? x : concat([x, mul(x, 0)], 1);
}

/** Blocks along a side of what one innermost pixel covers: 64 numbers of noise for the 64 features of the fast preset. */
const BLOCKS = 8;

const blocksFor = (depth: number): number => Math.min(BLOCKS, 2 ** depth);

/** Channels of `innermostNoise`. */
export const noiseChannels = (depth: number): number => blocksFor(depth) ** 2;

/**
 * The noise plane as feature maps after `depth` halvings: what one of their pixels covers is cut into 8 x 8 blocks (fewer where it is
 * smaller), each a channel, whose value is the sum of the block over the root of its number of pixels: white noise
 * keeps its variance, and blocks are independent of each other.
 *
 * @param x [1, planes, rows, columns]; without a noise plane there is none, and the maps are zero
 * @returns [1, channels, rows / 2^depth, columns / 2^depth]
 */
export function innermostNoise(x: Value, depth: number): Value {
  const noise = hasNoise(x) ? slice(x, { axis: 1, start: 1 }) : mul(x, 0);
  const blocks = blocksFor(depth);
  const side = 2 ** depth / blocks;
  const means = side === 1 ? noise : averagePool(noise, side);
  return conv2d(means, blockKernel(blocks, side), { stride: blocks });
}

/** Kernel [n², 1, n, n] that gives every place of a square of n x n a channel, times `scale`. */
function blockKernel(n: number, scale: number): Value {
  const channels = n * n;
  const values = Float32Array.from({ length: channels * channels }, (_, i) =>
    i % (channels + 1) === 0 ? scale : 0,
  );
  return constant(values, [channels, 1, n, n]);
}
