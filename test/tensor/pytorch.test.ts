import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  averagePool,
  constant,
  conv2d,
  convTranspose2d,
  grad,
  groupNorm,
  input,
  instanceNorm,
  interpret,
  leakyRelu,
  matmul,
  mul,
  padImage,
  reduceMax,
  reduceSum,
  sizeOf,
  softmax,
  softplus,
  square,
  stopGradient,
  sub,
  upsampleNearest,
  type Value,
} from "../../src/tensor/index.js";
import { wave } from "../helpers/reference-numbers.js";

/** Made by make_reference.py beside it: PyTorch in double precision. */
const reference = JSON.parse(
  readFileSync(new URL("../fixtures/tensor/pytorch.json", import.meta.url), "utf8"),
) as {
  readonly cases: Readonly<
    Record<string, { shapes: number[][]; shape: number[]; value: number[]; gradients: number[][] }>
  >;
};

const filled = (shape: readonly number[], offset: number, scale = 1): Float64Array =>
  wave(sizeOf(shape), offset, scale);

/** Halves nearest to x, with the gradient of x: equal elements on purpose. */
function roundedToHalves(x: Value, data: Float64Array): Value {
  const rounded = data.map((v) => ((2 * v) % 1 === 0.5 ? v : Math.round(2 * v) / 2));
  return add(constant(rounded, x.type.shape), sub(x, stopGradient(x)));
}

const BUILDERS: Readonly<Record<string, (...operands: Value[]) => Value>> = {
  "conv2d stride 2": (x, w, bias) => conv2d(x!, w!, { bias: bias!, stride: 2, pads: 1 }),
  "conv2d dilated groups": (x, w) => conv2d(x!, w!, { pads: [2, 1, 2, 1], dilation: [2, 1], groups: 2 }),
  convTranspose2d: (x, w, bias) => convTranspose2d(x!, w!, { bias: bias!, stride: 2, pads: 1 }),
  "convTranspose2d output pads, groups": (x, w) =>
    convTranspose2d(x!, w!, { stride: [2, 3], pads: 1, outputPads: [1, 2], groups: 2 }),
  instanceNorm: (x, scale, bias) => instanceNorm(x!, { scale: scale!, bias: bias! }),
  groupNorm: (x, scale, bias) => groupNorm(x!, 3, { scale: scale!, bias: bias! }),
  "convolution, norm, leaky ReLU": (x, w, scale, bias) =>
    leakyRelu(instanceNorm(conv2d(x!, w!, { stride: 2, pads: 1 }), { scale: scale!, bias: bias! }), 0.2),
  softmax: (x) => softmax(x!),
  softplus: (x) => softplus(x!),
  "reflect pad": (x) => padImage(x!, [3, 2, 4, 1], "reflect"),
  "matmul broadcast": (a, b) => matmul(a!, b!),
  "amax with ties": (x) => reduceMax(roundedToHalves(x!, filled([4, 6], 0.3)), { axes: [1] }),
  "average pool, upsample": (x) => upsampleNearest(square(averagePool(x!, 2)), 3),
};

describe("value and gradients equal PyTorch's in float64", () => {
  test.each(Object.entries(reference.cases))("%s", (name, { shapes, shape, value, gradients }) => {
    const operands = shapes.map((operand, i) => input(`x${i}`, operand));
    const y = BUILDERS[name]!(...operands);
    expect(y.type.shape).toEqual(shape);
    const loss = reduceSum(mul(y, constant(filled(shape, 2), shape)));
    const outputs = Object.fromEntries(grad(loss, operands).map((dx, i) => [`x${i}`, dx]));
    const feeds = Object.fromEntries(shapes.map((operand, i) => [`x${i}`, filled(operand, 0.3 + i)]));
    const found = interpret({ y, ...outputs }, feeds);
    expect(found["y"]).toBeAllclose(value, { relative: 1e-9, absolute: 1e-10 });
    gradients.forEach((gradient, i) => {
      expect(found[`x${i}`]).toBeAllclose(gradient, { relative: 1e-9, absolute: 1e-9 });
    });
  });
});
