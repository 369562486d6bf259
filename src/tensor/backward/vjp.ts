import { cos, div, mul, neg, sigmoid, sin, square, step, sub } from "../elementwise.js";
import { gather, reshape, reverse, scatterAdd, transpose } from "../layout.js";
import { gemm, inverseDeviation, matmul } from "../linear.js";
import { averagePool, expandReduced, reduceMean, reduceSum, scaleBy, upsampleNearest } from "../reduce.js";
import type { OpAttrs, OpName } from "../types.js";
import { sizeOf } from "../types.js";
import type { Value } from "../value.js";
import { conv2dVjp, convTranspose2dVjp } from "./vjp-convolution.js";
import { concatVjp, padVjp, sliceVjp } from "./vjp-layout.js";

type Vjp<K extends OpName> = (
  dy: Value,
  inputs: readonly Value[],
  y: Value,
  attrs: OpAttrs[K],
) => readonly (Value | null)[];

/**
 * Gradients of the inputs from dy, the gradient of the result: one per input, in order, built with operations only;
 * null where none flows. A gradient may keep the axes that broadcasting stretched: grad.ts sums over them.
 * In a product what is known since the forward pass stands first: ONNX Runtime computes operands from the last, so that a mask is
 * made when dy is there, not kept waiting for it.
 */
export const VJP: { readonly [K in OpName]: Vjp<K> } = {
  input: () => [],
  constant: () => [],

  add: (dy) => [dy, dy],
  sub: (dy) => [dy, neg(dy)],
  // y = a b: da = dy b, db = dy a
  mul: (dy, [a, b]) => [mul(dy, b!), mul(dy, a!)],
  // y = a / b: da = dy / b, db = -dy a / b² = -da y
  div: (dy, [, b], y) => {
    const da = div(dy, b!);
    return [da, neg(mul(da, y))];
  },

  neg: (dy) => [neg(dy)],
  abs: (dy, [x]) => [mul(step(x!, -1, 1), dy)],
  exp: (dy, _, y) => [mul(dy, y)],
  log: (dy, [x]) => [div(dy, x!)],
  // y = sqrt(x): dx = dy / (2 y)
  sqrt: (dy, _, y) => [div(scaleBy(dy, 0.5), y)],
  square: (dy, [x]) => [mul(scaleBy(dy, 2), x!)],
  sin: (dy, [x]) => [mul(dy, cos(x!))],
  cos: (dy, [x]) => [neg(mul(dy, sin(x!)))],
  // y = tanh(x): dx = dy (1 - y²)
  tanh: (dy, _, y) => [mul(dy, sub(1, square(y)))],
  // y = sigmoid(x): dx = dy y (1 - y)
  sigmoid: (dy, _, y) => [mul(dy, mul(y, sub(1, y)))],
  softplus: (dy, [x]) => [mul(dy, sigmoid(x!))],
  // the signs of x and y agree, and y is kept anyway
  relu: (dy, _, y) => [mul(step(y, 0, 1), dy)],
  leakyRelu: (dy, _, y, { alpha }) => [mul(step(y, alpha, 1), dy)],
  clip: (dy, [x], _, { low, high }) => {
    const above = Number.isFinite(low) ? mul(dy, step(sub(x!, low), 0, 1)) : dy;
    return [Number.isFinite(high) ? mul(above, step(sub(high, x!), 0, 1)) : above];
  },
  step: () => [null],
  // y = softmax(x): dx = y (dy - sum(dy y))
  softmax: (dy, _, y) => [mul(y, sub(dy, reduceSum(mul(dy, y), { axes: [-1], keepDims: true })))],

  // y = a b: da = dy bᵀ, db = aᵀ dy
  matmul: (dy, [a, b]) =>
    a!.type.shape.length === 2 && b!.type.shape.length === 2
      ? [gemm(dy, b!, { transB: true }), gemm(a!, dy, { transA: true })]
      : [matmul(dy, transpose(b!)), matmul(transpose(a!), dy)],
  // the same with op(a) and op(b); where an operand was transposed its gradient is the product transposed
  gemm: (dy, [a, b], _, { transA, transB }) => [
    transA ? gemm(b!, dy, { transA: transB, transB: true }) : gemm(dy, b!, { transB: !transB }),
    transB ? gemm(dy, a!, { transA: true, transB: transA }) : gemm(a!, dy, { transA: !transA }),
  ],
  conv2d: (dy, inputs, _, attrs) => conv2dVjp(dy, inputs, attrs),
  convTranspose2d: (dy, inputs, _, attrs) => convTranspose2dVjp(dy, inputs, attrs),
  // y = (x - mean) r with r = 1/sqrt(variance + epsilon): dx = r (dy - mean(dy) - y mean(dy y))
  layerNorm: (dy, _, y) => {
    const mean = (v: Value) => reduceMean(v, { axes: [-1], keepDims: true });
    return [mul(inverseDeviation(y), sub(sub(dy, mean(dy)), mul(y, mean(mul(y, dy)))))];
  },
  // r = (variance + epsilon)^(-1/2): dx = -dr r² y / n with y = (x - mean) r
  inverseDeviation: (dr, [y, x], r) => {
    const share = -1 / x!.type.shape.at(-1)!;
    return [null, mul(mul(scaleBy(dr, share), square(r)), y!)];
  },

  reduceSum: (dy, [x], _, { axes }) => [expandReduced(dy, x!, axes)],
  reduceMean: (dy, [x], y, { axes }) => {
    const share = sizeOf(y.type.shape) / sizeOf(x!.type.shape);
    return [expandReduced(scaleBy(dy, share), x!, axes)];
  },
  // equal largest elements share dy evenly, as PyTorch's amax
  reduceMax: (dy, [x], y, { axes }) => {
    const kept = x!.type.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    const isLargest = sub(1, step(sub(reshape(y, kept), x!), 0, 1));
    const share = div(reshape(dy, kept), reduceSum(isLargest, { axes, keepDims: true }));
    return [mul(isLargest, share)];
  },
  averagePool: (dy, _inputs, _, { size }) => [upsampleNearest(scaleBy(dy, 1 / (size * size)), size)],
  upsampleNearest: (dy, _inputs, _, { factor }) => [scaleBy(averagePool(dy, factor), factor * factor)],

  reshape: (dy, [x]) => [reshape(dy, x!.type.shape)],
  expand: (dy) => [dy],
  // axis i of y is axis perm[i] of x, so dx is dy in the inverse order
  transpose: (dy, _inputs, _, { perm }) => [
    transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  concat: (dy, inputs, _, attrs) => concatVjp(dy, inputs, attrs),
  slice: (dy, [x], _, attrs) => [sliceVjp(dy, x!, attrs)],
  reverse: (dy, _inputs, _, { axes }) => [reverse(dy, axes)],
  pad: (dy, [x], _, attrs) => [padVjp(dy, x!, attrs)],
  gather: (dy, [x, indices], _, { axis }) => [scatterAdd(dy, indices!, axis, x!.type.shape[axis]!), null],
  scatterAdd: (dy, [, indices], _, { axis }) => [gather(dy, indices!, axis), null],
  stopGradient: () => [null],
  cast: () => [null],
};
