import { add, relu } from "../tensor/elementwise.js";
import { padImage } from "../tensor/layout.js";
import { conv2d, convTranspose2d, gemm } from "../tensor/linear.js";
import type { Value } from "../tensor/value.js";
import type { Initial, Scope } from "./scope.js";

/** A network or part of one: builds the graph of its output from its input. */
export type Layer = (x: Value) => Value;

/** A network from images to images of the same size, in two halves. */
export interface Generator {
  /**
   * Features of the first half, which a contrastive loss compares; [1, channels, rows, columns] each.
   *
   * @param x [1, planes, rows, columns], `planesOf` a generator; or an image [1, 1, rows, columns] whose noise is part of it
   */
  readonly encode: (x: Value) => readonly Value[];
  /** The image [1, 1, rows, columns], out of what `encode` gave for x. */
  readonly translate: (features: readonly Value[], x: Value) => Value;
}

/**
 * Where a generator meets the noise field. "input": in its only plane, the sum of clean image and noise. Otherwise it is given two
 * planes, the clean image and the noise: "channel", both are channels of its first convolution; "inner", that sees the clean image
 * alone, and the noise comes to the innermost feature maps. A correction is then added to the clean plane, so that all
 * noise of the image has passed the network.
 */
export type NoiseAt = "input" | "channel" | "inner";

/** Weights start normal with this standard deviation, as in pix2pix and its descendants. */
export const INITIAL_WEIGHTS: Initial = { normal: 0.02 };
const ZERO: Initial = { constant: 0 };

export interface ConvolutionLayerOptions {
  /** Leave the bias out before an instance norm: it would have no gradient but rounding noise. */
  readonly bias: boolean;
  readonly initial?: Initial;
}

/** Convolution with kernel 4, padding 1: stride 2 halves the sides, stride 1 takes one pixel off. */
export function convolution4(
  scope: Scope,
  channels: readonly [input: number, output: number],
  stride: 1 | 2,
  { bias, initial = INITIAL_WEIGHTS }: ConvolutionLayerOptions,
): Layer {
  const weight = scope.parameter("weight", [channels[1], channels[0], 4, 4], initial);
  const offset = bias ? scope.parameter("bias", [channels[1]], ZERO) : undefined;
  return (x) => conv2d(x, weight, { stride, pads: 1, ...(offset && { bias: offset }) });
}

/** How a decoder doubles its sides. */
export type Upsampling = "transposed" | "resize";

/**
 * Doubles the sides. "transposed": transposed convolution, kernel 4, stride 2 (the paper), whose even and odd output pixels
 * have different weights and so leave a lattice. "resize": each pixel repeated 2 x 2, then a 3 x 3 convolution, which
 * has none; computed as the one transposed convolution that it equals, whose kernel is the 3 x 3 one convolved with
 * 2 x 2 ones (the parameter holds the 3 x 3 kernel turned by 180 degrees).
 */
export function upConvolution(
  scope: Scope,
  channels: readonly [input: number, output: number],
  upsampling: Upsampling,
  { bias, initial = INITIAL_WEIGHTS }: ConvolutionLayerOptions,
): Layer {
  const side = upsampling === "transposed" ? 4 : 3;
  const weight = scope.parameter("weight", [channels[0], channels[1], side, side], initial);
  const offset = bias ? scope.parameter("bias", [channels[1]], ZERO) : undefined;
  const kernel = upsampling === "transposed" ? weight : withOnes(weight);
  return (x) => convTranspose2d(x, kernel, { stride: 2, pads: 1, ...(offset && { bias: offset }) });
}

/** Every 3 x 3 kernel of [.., .., 3, 3] convolved with 2 x 2 ones: down the columns, then along the rows. */
function withOnes(weight: Value): Value {
  const tall = add(padImage(weight, [0, 0, 1, 0]), padImage(weight, [1, 0, 0, 0]));
  return add(padImage(tall, [0, 0, 0, 1]), padImage(tall, [0, 1, 0, 0]));
}

/** Rows of [n, input] to [n, output]: x W^T + b. */
export function linear(
  scope: Scope,
  input: number,
  output: number,
  initial: Initial = INITIAL_WEIGHTS,
): Layer {
  const weight = scope.parameter("weight", [output, input], initial);
  const bias = scope.parameter("bias", [output], ZERO);
  return (x) => add(gemm(x, weight, { transB: true }), bias);
}

/** Two linear layers with a ReLU between. */
export function twoLayerHead(scope: Scope, input: number, width: number): Layer {
  const first = linear(scope.child("first"), input, width);
  const second = linear(scope.child("second"), width, width);
  return (x) => second(relu(first(x)));
}
