import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  clip,
  constant,
  conv2d,
  convTranspose2d,
  div,
  exp,
  expand,
  gather,
  grad,
  input,
  interpret,
  mul,
  reduceMax,
  reduceMin,
  reduceSum,
  relu,
  sizeOf,
  square,
  stopGradient,
  sub,
  type Value,
} from "../../src/tensor/index.js";
import { wave } from "../helpers/reference-numbers.js";

const filled = (shape: readonly number[], offset: number): Float64Array => wave(sizeOf(shape), offset);

const derivative = (f: (x: Value) => Value, at: readonly number[]): number[] => {
  const x = input("x", [at.length]);
  return [...interpret({ dx: grad(reduceSum(f(x)), [x])[0]! }, { x: at })["dx"]!];
};

describe("grad", () => {
  test("adds up over every path through a shared value", () => {
    // f = u² + 3u with u = exp(x), used three times: df/dx = (2u + 3) u
    const f = (x: Value): Value => {
      const u = exp(x);
      return add(mul(u, u), mul(u, 3));
    };
    const u = Math.exp(0.5);
    expect(derivative(f, [0.5])[0]).toBeCloseTo((2 * u + 3) * u, 12);
  });

  test("a value that is both differentiated by and a function of another gets its own partial derivative", () => {
    const x = input("x", [1]);
    const y = square(x);
    const [dx, dy] = grad(reduceSum(mul(y, x)), [x, y]);
    const found = interpret({ dx: dx!, dy: dy! }, { x: [3] });
    expect(found["dx"]![0]).toBe(27);
    expect(found["dy"]![0]).toBe(3);
  });

  test("the derivative of the loss by itself is one", () => {
    const loss = reduceSum(input("x", [2]));
    expect(interpret({ d: grad(loss, [loss])[0]! })["d"]![0]).toBe(1);
  });

  test("stops at stopGradient", () => {
    expect(derivative((x) => mul(x, stopGradient(x)), [5])).toEqual([5]);
  });

  test("min-max normalisation carries gradient through both extremes", () => {
    // y = (x - max) weights: the largest element pays for all others
    expect(derivative((x) => mul(sub(x, reduceMax(x)), constant([1, 2, 4], [3])), [0, 3, 1])).toEqual([
      1, -5, 4,
    ]);
  });

  test("at kinks: 0 for |x|, relu and outside a clip; equal maxima share", () => {
    expect(derivative(abs, [0, -2, 2])).toEqual([0, -1, 1]);
    expect(derivative(relu, [0, -2, 2])).toEqual([0, 0, 2 / 2]);
    expect(derivative((x) => clip(x, -1, 1), [-1, 0.5, 3])).toEqual([0, 1, 0]);
    expect(derivative((x) => reduceMax(x), [2, 1, 2])).toEqual([0.5, 0, 0.5]);
    expect(derivative((x) => reduceMin(x), [2, 1, 2])).toEqual([0, 1, 0]);
  });

  test("a loss of several elements, or one that does not depend on what is asked, is refused", () => {
    const x = input("x", [2]);
    const y = input("y", [3]);
    expect(() => grad(x, [x])).toThrow("grad loss: found shape [2], expected one element");
    expect(() => grad(reduceSum(x), [y])).toThrow("grad: the loss does not depend on input 'y' of shape [3]");
    expect(() => grad(reduceSum(stopGradient(x)), [x])).toThrow(
      "grad: the loss does not depend on input 'x'",
    );
    const index = input("index", [2], "int32");
    expect(() => grad(reduceSum(gather(x, index, 0)), [index])).toThrow("does not depend on input 'index'");
  });
});

test.each([
  [
    [5, 3],
    [1, 2, 0, 1],
    [1, 2],
  ],
  [
    [4, 4],
    [1, 1, 1, 1],
    [1, 1],
  ],
] as const)(
  "in a large image, kernel %j, pads %j, dilation %j, stride 1: dx is the transposed convolution",
  (kernel, pads, dilation) => {
    const x = input("x", [1, 2, 40, 36]);
    const w = input("w", [3, 2, ...kernel]);
    const y = conv2d(x, w, { pads, dilation });
    const dy = filled(y.type.shape, 1);
    const [dx] = grad(reduceSum(mul(y, constant(dy, y.type.shape))), [x]);
    const reference = convTranspose2d(constant(dy, y.type.shape), w, { pads, dilation });
    const feeds = { x: filled(x.type.shape, 2), w: filled(w.type.shape, 3) };
    const found = interpret({ dx: dx!, reference }, feeds);
    expect(found["dx"]).toBeAllclose(found["reference"]!, { relative: 1e-10, absolute: 1e-10 });
  },
);

describe("a tensor stretched before an operation", () => {
  const row = expand(input("row", [1, 3]), [2, 3]);
  const full = input("full", [2, 3]);
  const feeds = { row: [1, 2, 4], full: [1, 2, 3, 4, 5, 6] };

  test("is not stretched where the other operand does it", () => {
    expect(mul(row, full).inputs[0]!.op).toBe("input");
    expect(sub(full, row).inputs[1]!.op).toBe("input");
    expect([...interpret({ y: sub(full, row) }, feeds)["y"]!]).toEqual([0, 0, -1, 3, 3, 2]);
  });

  test("is stretched where both operands were", () => {
    const y = add(row, expand(input("two", [1, 1]), [2, 3]));
    expect(y.type.shape).toEqual([2, 3]);
    expect([...interpret({ y }, { ...feeds, two: [2] })["y"]!]).toEqual([3, 4, 6, 3, 4, 6]);
  });

  test("is stretched after an operation with a single number, whichever side it stands", () => {
    for (const y of [div(row, 2), div(constant(2, [1]), row)]) expect(y.op).toBe("expand");
    expect([...interpret({ y: div(row, 2) }, feeds)["y"]!]).toEqual([0.5, 1, 2, 0.5, 1, 2]);
    expect([...interpret({ y: div(constant(4, [1, 1]), row) }, feeds)["y"]!]).toEqual([4, 2, 1, 4, 2, 1]);
    expect(div(row, constant(2, [1, 1, 1])).type.shape).toEqual([1, 2, 3]);
  });
});

test("division agrees with its definition where both operands broadcast", () => {
  const a = input("a", [2, 1]);
  const b = input("b", [3]);
  const [db] = grad(reduceSum(div(a, b)), [b]);
  expect(interpret({ db: db! }, { a: [1, 3], b: [1, 2, 4] })["db"]).toBeAllclose([-4, -1, -0.25], {
    relative: 1e-12,
  });
});
