import { expect, test } from "vitest";
import { add, grad, input, interpret, mul, reduceSum, square, substitute } from "../../src/tensor/index.js";

test("formulas with a value in the place of an input, in outputs and in gradients alike", () => {
  const [x, w, u] = [input("x", [2]), input("w", [2]), input("u", [2])];
  const loss = reduceSum(square(mul(x, w)));
  const [dx] = grad(loss, [x]);
  const { y, d } = substitute({ y: loss, d: dx! }, new Map([["w", add(u, 1)]]));
  const found = interpret({ y: y!, d: d! }, { x: [3, -1], u: [1, 4] });
  // w = u + 1 = [2, 5]: (3 · 2)² + (-1 · 5)² and 2 x w²
  expect([...found["y"]!]).toEqual([61]);
  expect([...found["d"]!]).toEqual([24, -50]);
});

test("what does not depend on a replaced input stays the same node; a part used twice stays one", () => {
  const [x, w] = [input("x", [2]), input("w", [2])];
  const apart = square(x);
  const shared = mul(x, w);
  const found = substitute({ apart, a: add(shared, 1), b: square(shared) }, new Map([["w", x]]));
  expect(found["apart"]).toBe(apart);
  expect(found["a"]!.inputs[0]).toBe(found["b"]!.inputs[0]);
  expect(found["a"]!.inputs[0]!.inputs).toEqual([x, x]);
});
