import type { OpAttrs, OpName, Shape } from "../../src/tensor/types.js";
import { CONVOLUTIONS } from "./convolution-cases.js";
import type { OpCase, Operand } from "./op-case.js";

const positive = (shape: Shape): Operand => ({ shape, range: [0.5, 2] });
/** Distinct elements a known distance from 0, so that no finite difference crosses a kink. */
const kinked: Operand = { shape: [2, 4], data: [-1.2, 0.4, 0.9, -0.3, 2.1, -0.75, 0.2, -0.1] };
const plain = (operands: readonly Operand[], name = "plain"): OpCase<Readonly<Record<never, never>>> => ({
  name,
  operands,
  attrs: {},
});
const broadcasting = [
  plain(
    [
      [2, 3],
      [2, 3],
    ].map((shape) => positive(shape)),
    "equal shapes",
  ),
  plain([positive([2, 1, 3]), positive([4, 1])], "both operands broadcast"),
  plain([positive([2, 3]), positive([])], "a scalar"),
];
const reductions = [
  { name: "one axis", operands: [[2, 3, 4]], attrs: { axes: [1], keepDims: false } },
  { name: "all axes", operands: [[2, 3]], attrs: { axes: [0, 1], keepDims: false } },
  { name: "outer axes kept", operands: [[2, 3, 4]], attrs: { axes: [0, 2], keepDims: true } },
];

/** At least one row per operation, by type; shapes that a wrong rule gets wrong: odd, unequal, broadcast, grouped. */
const CASES: { readonly [K in OpName]: readonly OpCase<OpAttrs[K]>[] } = {
  input: [],
  constant: [
    {
      name: "a table",
      operands: [],
      attrs: { type: { shape: [2, 2], dtype: "float32" }, data: [1, -2, 0.5, 3] },
      hasGradient: false,
    },
  ],
  add: broadcasting,
  sub: broadcasting,
  mul: broadcasting,
  div: broadcasting,
  neg: [plain([[2, 3]])],
  abs: [plain([kinked])],
  exp: [plain([[2, 3]])],
  log: [plain([positive([2, 3])])],
  sqrt: [plain([positive([2, 3])])],
  square: [plain([[2, 3]])],
  sin: [plain([[2, 3]])],
  cos: [plain([[2, 3]])],
  tanh: [plain([[2, 3]])],
  sigmoid: [plain([[2, 3]])],
  softplus: [plain([kinked]), plain([{ shape: [4], data: [-90, 90, 30, -30] }], "large arguments")],
  relu: [plain([kinked])],
  leakyRelu: [{ name: "alpha 0.2", operands: [kinked], attrs: { alpha: 0.2 } }],
  clip: [
    { name: "both limits", operands: [kinked], attrs: { low: -0.5, high: 0.5 } },
    { name: "lower limit only", operands: [kinked], attrs: { low: 0, high: Infinity } },
  ],
  step: [
    {
      name: "sign, with a zero",
      operands: [{ shape: [3], data: [-2, 0, 1e-7] }],
      attrs: { below: -1, above: 1 },
      hasGradient: false,
    },
    {
      name: "slope, with a zero",
      operands: [{ shape: [3], data: [-2, 0, 3] }],
      attrs: { below: 0.2, above: 1 },
      hasGradient: false,
    },
  ],
  softmax: [plain([[2, 3, 4]])],
  matmul: [
    plain(
      [
        [2, 3],
        [3, 4],
      ],
      "two matrices",
    ),
    plain(
      [
        [2, 1, 3, 4],
        [5, 4, 2],
      ],
      "batches broadcast",
    ),
    plain(
      [
        [3, 4],
        [2, 4, 5],
      ],
      "a matrix and a batch",
    ),
  ],
  gemm: [
    {
      name: "A B",
      operands: [
        [2, 3],
        [3, 4],
      ],
      attrs: { transA: false, transB: false },
    },
    {
      name: "At B",
      operands: [
        [3, 2],
        [3, 4],
      ],
      attrs: { transA: true, transB: false },
    },
    {
      name: "A Bt",
      operands: [
        [2, 3],
        [4, 3],
      ],
      attrs: { transA: false, transB: true },
    },
    {
      name: "At Bt",
      operands: [
        [3, 2],
        [4, 3],
      ],
      attrs: { transA: true, transB: true },
    },
  ],
  ...CONVOLUTIONS,
  layerNorm: [{ name: "rows of 5", operands: [[2, 3, 5]], attrs: { epsilon: 1e-2 } }],
  // reached through layerNorm's gradient; see the second derivatives
  inverseDeviation: [],
  reduceSum: reductions,
  reduceMean: reductions,
  reduceMax: reductions,
  averagePool: [{ name: "blocks of 2", operands: [[2, 1, 4, 6]], attrs: { size: 2 } }],
  upsampleNearest: [{ name: "factor 3", operands: [[1, 2, 2, 3]], attrs: { factor: 3 } }],
  reshape: [{ name: "regrouped", operands: [[2, 6]], attrs: { shape: [3, 1, 4] } }],
  expand: [{ name: "inner and new axes", operands: [[3, 1]], attrs: { shape: [2, 3, 4] } }],
  transpose: [{ name: "not its own inverse", operands: [[2, 3, 4]], attrs: { perm: [2, 0, 1] } }],
  concat: [
    {
      name: "three along the middle",
      operands: [
        [2, 1, 2],
        [2, 3, 2],
        [2, 2, 2],
      ],
      attrs: { axis: 1 },
    },
  ],
  slice: [
    { name: "a block", operands: [[3, 5]], attrs: { starts: [0, 1], ends: [2, 4], steps: [1, 1] } },
    {
      name: "every third, remainder 1",
      operands: [[2, 8]],
      attrs: { starts: [0, 1], ends: [2, 8], steps: [1, 3] },
    },
    {
      name: "every second to the end",
      operands: [[7, 4]],
      attrs: { starts: [1, 0], ends: [7, 3], steps: [2, 2] },
    },
  ],
  reverse: [{ name: "two of three axes", operands: [[2, 3, 4]], attrs: { axes: [0, 2] } }],
  pad: [
    { name: "zeros", operands: [[2, 3]], attrs: { before: [1, 0], after: [0, 2], mode: "constant" } },
    {
      name: "reflection",
      operands: [[1, 4, 3]],
      attrs: { before: [0, 3, 1], after: [0, 2, 2], mode: "reflect" },
    },
  ],
  gather: [
    {
      name: "repeated indices",
      operands: [[2, 4, 3], { shape: [5], indices: [3, 0, 3, 1, 3] }],
      attrs: { axis: 1 },
    },
    {
      name: "single elements, few",
      operands: [[2, 9], { shape: [2], indices: [8, 3] }],
      attrs: { axis: 1 },
    },
    {
      name: "single elements, many",
      operands: [[2, 3, 5], { shape: [4], indices: [4, 0, 4, 1] }],
      attrs: { axis: 2 },
    },
    {
      name: "a table of indices",
      operands: [[4, 2], { shape: [2, 2], indices: [1, 1, 0, 3] }],
      attrs: { axis: 0 },
    },
  ],
  scatterAdd: [
    {
      name: "repeated indices",
      operands: [[2, 4, 2], { shape: [4], indices: [2, 0, 2, 2] }],
      attrs: { axis: 1, size: 3 },
    },
    {
      name: "a table of indices",
      operands: [[2, 2, 3], { shape: [2, 2], indices: [1, 1, 0, 4] }],
      attrs: { axis: 0, size: 5 },
    },
  ],
  stopGradient: [{ name: "plain", operands: [[2, 3]], attrs: {}, hasGradient: false }],
  cast: [
    {
      name: "indices to float",
      operands: [{ shape: [3], indices: [4, -1, 0] }],
      attrs: { to: "float32" },
      hasGradient: false,
    },
  ],
};

/** The rows as a list, for test.each. */
export function allCases(): { op: OpName; label: string; example: OpCase<OpAttrs[OpName]> }[] {
  return (Object.keys(CASES) as OpName[]).flatMap((op) =>
    (CASES[op] as readonly OpCase<OpAttrs[OpName]>[]).map((example) => ({
      op,
      label: `${op}, ${example.name}`,
      example,
    })),
  );
}
