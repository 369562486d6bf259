import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  clip,
  constant,
  div,
  exp,
  gather,
  grad,
  input,
  interpret,
  mul,
  reduceMax,
  reduceSum,
  relu,
  square,
  stopGradient,
  sub,
  type Value,
} from "../../src/tensor/index.js";

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

test("division agrees with its definition where both operands broadcast", () => {
  const a = input("a", [2, 1]);
  const b = input("b", [3]);
  const [db] = grad(reduceSum(div(a, b)), [b]);
  expect(interpret({ db: db! }, { a: [1, 3], b: [1, 2, 4] })["db"]).toBeAllclose([-4, -1, -0.25], {
    relative: 1e-12,
  });
});
