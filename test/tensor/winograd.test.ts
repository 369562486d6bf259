import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { lower } from "../../src/tensor/compile/lower.js";
import { compile, conv2d, grad, input, interpret, mul, reduceSum } from "../../src/tensor/index.js";
import { topologicalOrder } from "../../src/tensor/order.js";
import { toomCook } from "../../src/tensor/toom-cook.js";
import { winogradConv2d, winogradWeightGradient } from "../../src/tensor/winograd.js";
import { runOnce } from "./run-once.js";

const normal = (count: number, name: string): Float64Array =>
  Float64Array.from(Random.of(5, name).fillNormal(new Float32Array(count)));

test.each([
  [2, 3],
  [3, 4],
  [4, 4],
  [3, 3],
])("%i results of a correlation with %i numbers, exactly", (m, r) => {
  const { result, kernel, input: spread } = toomCook(m, r);
  const g = [...normal(r, "g")];
  const d = [...normal(m + r - 1, "d")];
  const times = (matrix: readonly (readonly number[])[], v: readonly number[]) =>
    matrix.map((row) => row.reduce((sum, x, i) => sum + x * v[i]!, 0));
  const values = times(spread, d);
  const found = times(
    result,
    times(kernel, g).map((x, i) => x * values[i]!),
  );
  const expected = Array.from({ length: m }, (_, i) => g.reduce((sum, x, k) => sum + x * d[i + k]!, 0));
  expect(found).toBeAllclose(expected, { absolute: 1e-12 });
});

const attrs = (pads: readonly [number, number, number, number]) =>
  ({ strides: [1, 1], pads, dilations: [1, 1], groups: 1 }) as const;

describe.each([
  ["kernel 4, an odd size, unequal pads", 4, [9, 11], [1, 0, 2, 1]],
  ["kernel 3, whole tiles", 3, [6, 6], [1, 1, 1, 1]],
] as const)("in float64: %s", (_, side, [rows, columns], pads) => {
  const x = input("x", [1, 3, rows, columns]);
  const w = input("w", [2, 3, side, side]);
  const y = conv2d(x, w, { pads });
  const dy = input("dy", y.type.shape);
  const feeds = {
    x: normal(3 * rows * columns, "x"),
    w: normal(6 * side * side, "w"),
    dy: normal(
      y.type.shape.reduce((a, b) => a * b, 1),
      "dy",
    ),
  };
  const [dx, dw] = grad(reduceSum(mul(y, dy)), [x, w]) as [typeof x, typeof w];
  const expected = interpret({ y, dx, dw }, feeds);
  const opposite = pads.map((n) => side - 1 - n) as [number, number, number, number];

  test.each([
    ["y", winogradConv2d(x, w, attrs(pads))],
    ["dx", winogradConv2d(dy, w, attrs(opposite), true)],
    ["dw", winogradWeightGradient(x, dy, w.type.shape, attrs(pads))],
  ] as const)("%s equals that of the direct convolution", (name, value) => {
    expect(interpret({ value }, feeds)["value"]).toBeAllclose(expected[name]!, { absolute: 1e-11 });
  });
});

describe("compiled", () => {
  const [channels, side] = [128, 23];
  const x = input("x", [1, channels, side, side]);
  const w = input("w", [channels, channels, 4, 4]);
  const dy = input("dy", [1, channels, side - 1, side - 1]);
  const [dx, dw] = grad(reduceSum(mul(conv2d(x, w, { pads: 1 }), dy)), [x, w]);
  const outputs = { y: conv2d(x, w, { pads: 1 }), dx: dx!, dw: dw! };

  test("a wide convolution and its gradients contain no convolution any more", () => {
    const operations = topologicalOrder(Object.values(lower(outputs))).map(({ op }) => op);
    expect(operations).not.toContain("conv2d");
    expect(operations).not.toContain("convTranspose2d");
  });

  test("ONNX Runtime computes them to a few rounding errors", async () => {
    const feeds = {
      x: normal(channels * side * side, "x"),
      w: normal(channels * channels * 16, "w"),
      dy: normal(channels * (side - 1) * (side - 1), "dy"),
    };
    const found = await runOnce(await openOnnxCpu({ threads: 1 }), compile(outputs), feeds);
    const at = (c: number, row: number, column: number): number =>
      row < 0 || column < 0 || row >= side || column >= side ? 0 : feeds.x[(c * side + row) * side + column]!;
    const dyAt = (c: number, row: number, column: number): number =>
      row < 0 || column < 0 || row >= side - 1 || column >= side - 1
        ? 0
        : feeds.dy[(c * (side - 1) + row) * (side - 1) + column]!;
    const wAt = (o: number, i: number, ky: number, kx: number): number =>
      feeds.w[((o * channels + i) * 4 + ky) * 4 + kx]!;
    const all = (...counts: number[]): number[][] =>
      counts.reduce<number[][]>(
        (places, n) => places.flatMap((place) => Array.from({ length: n }, (_, i) => place.concat(i))),
        [[]],
      );
    const sum = (terms: number[]): number => terms.reduce((total, term) => total + term, 0);
    for (const [c, row, column] of [
      [0, 0, 0],
      [127, 21, 21],
      [64, 10, 7],
      [3, 21, 0],
    ] as const) {
      const y = all(channels, 4, 4).map(
        ([i, ky, kx]) => wAt(c, i!, ky!, kx!) * at(i!, row + ky! - 1, column + kx! - 1),
      );
      const dx = all(channels, 4, 4).map(
        ([o, ky, kx]) => wAt(o!, c, ky!, kx!) * dyAt(o!, row + 1 - ky!, column + 1 - kx!),
      );
      const [ky, kx] = [row % 4, column % 4];
      const dw = all(side - 1, side - 1).map(([r, s]) => dyAt(c, r!, s!) * at(5, r! + ky - 1, s! + kx - 1));
      const places = { y: (c * 22 + row) * 22 + column, dx: (c * side + row) * side + column };
      expect([found["y"]!.data[places.y]!]).toBeAllclose([sum(y)], { absolute: 1e-3 });
      expect([found["dx"]!.data[places.dx]!]).toBeAllclose([sum(dx)], { absolute: 1e-3 });
      const place = ((c * channels + 5) * 4 + ky) * 4 + kx;
      expect([found["dw"]!.data[place]!]).toBeAllclose([sum(dw)], { absolute: 1e-3 });
    }
  });
});
