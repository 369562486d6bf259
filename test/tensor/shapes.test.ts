import { describe, expect, test } from "vitest";
import {
  add,
  averagePool,
  concat,
  constant,
  conv2d,
  convTranspose2d,
  exp,
  expand,
  gather,
  gemm,
  input,
  interpret,
  layerNorm,
  matmul,
  pad,
  reduceSum,
  reshape,
  reverse,
  slice,
  transpose,
  type Value,
} from "../../src/tensor/index.js";
import { inverseDeviation } from "../../src/tensor/linear.js";
import type { OpName } from "../../src/tensor/types.js";
import { make } from "../../src/tensor/value.js";
import { buildCase } from "./build-case.js";
import { allCases } from "./cases.js";

const x = (...shape: number[]): Value => input("x", shape);

describe("operands that do not fit are refused when the value is made, with their shapes", () => {
  const cases: readonly (readonly [string, () => Value, string])[] = [
    [
      "add",
      () => add(x(2, 3), x(4)),
      "add: found shape [[2,3],[4]], expected sizes equal or 1 on every axis",
    ],
    [
      "matmul",
      () => matmul(x(2, 3), x(4, 2)),
      "matmul: found shape [[2,3],[4,2]], expected inner sizes equal",
    ],
    ["gemm", () => gemm(x(2, 3), x(3, 2), { transA: true }), "gemm: found shape [[2,3],[3,2]]"],
    [
      "conv2d channels",
      () => conv2d(x(1, 3, 8, 8), x(4, 2, 3, 3)),
      "expected channels that match in 1 group(s)",
    ],
    ["conv2d rank", () => conv2d(x(3, 8, 8), x(4, 3, 3, 3)), "conv2d: found shape [3,8,8], expected 4 axes"],
    ["conv2d size", () => conv2d(x(1, 1, 2, 2), x(1, 1, 3, 3)), "expected a kernel that fits"],
    [
      "conv2d bias",
      () => conv2d(x(1, 1, 4, 4), x(2, 1, 3, 3), { bias: x(3) }),
      "conv2d bias: found shape [3], expected [2]",
    ],
    [
      "convTranspose2d",
      () => convTranspose2d(x(1, 1, 4, 4), x(1, 1, 3, 3), { stride: 2, outputPads: 2 }),
      "convTranspose2d outputPads: found [2,2], expected 0 to stride - 1",
    ],
    [
      "reshape",
      () => reshape(x(2, 3), [4, 2]),
      "reshape: found shape [2,3], expected as many elements as 4,2",
    ],
    ["reshape -1", () => reshape(x(2, 3), [4, -1]), "reshape: found shape [2,3]"],
    ["expand", () => expand(x(2, 3), [2, 4]), "expand: found shape [[2,3],[2,4]]"],
    ["transpose", () => transpose(x(2, 3), [0, 0]), "expected a permutation of its axes, not [0,0]"],
    [
      "concat",
      () => concat([x(2, 3), x(3, 3)], 1),
      "concat: found shape [[2,3],[3,3]], expected equal but for axis 1",
    ],
    [
      "slice",
      () => slice(x(4), { axis: 0, start: 2, end: 5 }),
      "0 <= start < end <= size on axis 0, not 2 to 5",
    ],
    ["reflection", () => pad(x(3), [3], [0], "reflect"), "expected pads from 0 to size - 1 on axis 0"],
    ["gather", () => gather(x(3), x(2), 0), 'gather indices: found shape "float32", expected int32'],
    [
      "an axis",
      () => reduceSum(x(3), { axes: [1] }),
      "reduceSum axis: found 1, expected a whole number from -1 to 0",
    ],
    [
      "an axis twice",
      () => reduceSum(x(3, 2), { axes: [0, -2] }),
      "reduceSum axes: found [0,-2], expected each axis once",
    ],
    ["averagePool", () => averagePool(x(1, 1, 3, 4), 2), "expected rows and columns that 2 divides"],
    ["integers", () => exp(input("i", [2], "int32")), "expected dtype float32"],
    ["a constant", () => constant([1, 2], [3]), "constant: found shape [2], expected 3 elements"],
    ["an input", () => input("x", [0]), "input: found shape [0], expected whole sizes of at least 1"],
    ["a name", () => input("%1", [1]), 'input name: found "%1", expected a name not starting with %'],
    ["inverseDeviation", () => inverseDeviation(x(3)), "inverseDeviation: found input, expected layerNorm"],
  ];
  test.each(cases)("%s", (_, build, message) => {
    expect(build).toThrow(message);
  });
});

/** Operations that move elements, of whatever type, and one that changes the type. */
const ANY_TYPE: ReadonlySet<OpName> = new Set<OpName>([
  ...(["reshape", "expand", "transpose", "concat", "slice", "reverse", "gather"] as const),
  ...(["stopGradient", "cast"] as const),
]);

describe("operations that compute refuse every operand of whole numbers", () => {
  test.each(allCases().filter(({ op }) => !ANY_TYPE.has(op)))("$label", ({ op, example }) => {
    const { value } = buildCase(op, example);
    value.inputs.forEach((operand, i) => {
      if (operand.type.dtype === "int32") return;
      const whole = input("whole", operand.type.shape, "int32");
      const inputs = value.inputs.map((other, j) => (i === j ? whole : other));
      expect(() => make(op, value.attrs, inputs), `operand ${i}`).toThrow(/expected dtype float32/);
    });
  });
});

describe("what changes nothing makes no node", () => {
  const a = x(2, 3);
  test.each([
    ["reshape to the same shape", reshape(a, [2, -1])],
    ["expand to the same shape", expand(a, [2, 3])],
    ["the identity permutation", transpose(a, [0, 1])],
    ["a whole slice", slice(a, { axis: 1, start: 0, end: 3 })],
    ["pads of zero", pad(a, [0, 0], [0, 0])],
    ["one tensor to concatenate", concat([a], 0)],
    ["no axes to reduce", reduceSum(a, { axes: [] })],
  ])("%s", (_, value) => {
    expect(value).toBe(a);
  });
});

describe("negative positions count from the end", () => {
  const table = constant([0, 1, 2, 3, 4, 5], [2, 3]);
  test.each([
    ["slice", slice(table, { axis: -1, start: -2 }), [1, 2, 4, 5]],
    ["slice to", slice(table, { axis: 1, end: -1, step: 2 }), [0, 3]],
    ["reverse", reverse(table, [-2]), [3, 4, 5, 0, 1, 2]],
    ["concat", concat([table, table], -1), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]],
    ["reduceSum", reduceSum(table, { axes: [-1] }), [3, 12]],
    ["transpose", transpose(table, [-1, -2]), [0, 3, 1, 4, 2, 5]],
  ])("%s", (_, value, expected) => {
    expect([...interpret({ value })["value"]!]).toEqual(expected);
  });
});

test("interpret asks for every input by name, and for its size", () => {
  const y = layerNorm(input("data", [2, 3]));
  expect(() => interpret({ y }, {})).toThrow("interpret: input 'data' was not fed");
  expect(() => interpret({ y }, { data: [1, 2] })).toThrow(
    "interpret input 'data': found shape [2], expected 6 elements",
  );
});
