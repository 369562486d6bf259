import { UsageError } from "../../core/errors.js";
import { stridesOf } from "../shape.js";
import type { OpAttrs, OpName, ReductionAttrs, TensorType } from "../types.js";
import { sizeOf } from "../types.js";
import { broadcastTo, type DenseArray, fold, forEachOffset, strided } from "./dense.js";
import { conv2d, convTranspose2d, matmul, transposed } from "./kernels-linear.js";

type Kernel<K extends OpName> = (
  inputs: readonly DenseArray[],
  attrs: OpAttrs[K],
  type: TensorType,
) => Float64Array;

/** The value of every operation in double precision, as plainly as it can be said: the oracle of the ONNX form. */
export const KERNELS: { readonly [K in OpName]: Kernel<K> } = {
  input: (_, { name }) => {
    throw new UsageError(`interpret: input '${name}' was not fed`);
  },
  constant: (_, { data }) => Float64Array.from(data),

  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),

  neg: unary((x) => -x),
  abs: unary(Math.abs),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  square: unary((x) => x * x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  relu: unary((x) => Math.max(x, 0)),
  leakyRelu: unary((x, { alpha }: OpAttrs["leakyRelu"]) => (x > 0 ? x : alpha * x)),
  clip: unary((x, { low, high }: OpAttrs["clip"]) => Math.min(Math.max(x, low), high)),
  step: unary((x, { below, above }: OpAttrs["step"]) =>
    x > 0 ? above : x < 0 ? below : Math.min(Math.max(0, below), above),
  ),
  softmax: alongLastAxis((row) => {
    const largest = row.reduce((a, b) => Math.max(a, b));
    const powers = row.map((x) => Math.exp(x - largest));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / total);
  }),

  matmul: ([a, b], _, { shape }) => matmul(a!, b!, shape),
  gemm: ([a, b], { transA, transB }, { shape }) =>
    matmul(transA ? transposed(a!) : a!, transB ? transposed(b!) : b!, shape),
  conv2d: (inputs, attrs, { shape }) => conv2d(inputs, attrs, shape),
  convTranspose2d: (inputs, attrs, { shape }) => convTranspose2d(inputs, attrs, shape),
  layerNorm: alongLastAxis((row, { epsilon }: OpAttrs["layerNorm"]) => {
    const { mean, inverse } = moments(row, epsilon);
    return row.map((x) => (x - mean) * inverse);
  }),
  inverseDeviation: ([, x], { epsilon }) => {
    const length = x!.shape.at(-1)!;
    return Float64Array.from({ length: x!.data.length / length }, (_, row) => {
      return moments(x!.data.subarray(row * length, (row + 1) * length), epsilon).inverse;
    });
  },

  reduceSum: ([x], { axes }, { shape }) => fold(x!, axes, shape, 0, (a, b) => a + b),
  reduceMean: ([x], { axes }, { shape }) =>
    fold(x!, axes, shape, 0, (a, b) => a + b).map((sum) => (sum * sizeOf(shape)) / x!.data.length),
  reduceMax: ([x], { axes }: ReductionAttrs, { shape }) => fold(x!, axes, shape, -Infinity, Math.max),
  averagePool: ([x], { size }, { shape }) => {
    const [n, channels, rows, columns] = shape as [number, number, number, number];
    const blocks = { shape: [n * channels, rows, size, columns, size], data: x!.data };
    return fold(blocks, [2, 4], shape, 0, (a, b) => a + b / (size * size));
  },
  upsampleNearest: ([x], { factor }) => {
    const [n, channels, rows, columns] = x!.shape as [number, number, number, number];
    const pixels = { shape: [n * channels, rows, 1, columns, 1], data: x!.data };
    return broadcastTo(pixels, [n * channels, rows, factor, columns, factor]).data;
  },

  reshape: ([x]) => x!.data,
  expand: ([x], { shape }) => broadcastTo(x!, shape).data,
  transpose: ([x], { perm }, { shape }) => {
    const strides = stridesOf(x!.shape);
    return strided(
      x!.data,
      shape,
      perm.map((axis) => strides[axis]!),
    ).data;
  },
  concat: (inputs, { axis }, { shape }) => {
    const out = new Float64Array(sizeOf(shape));
    const strides = stridesOf(shape);
    let start = 0;
    for (const x of inputs) {
      forEachOffset(x.shape, strides, start * strides[axis]!, (to, from) => {
        out[to] = x.data[from]!;
      });
      start += x.shape[axis]!;
    }
    return out;
  },
  slice: ([x], { starts, steps }, { shape }) => {
    const strides = stridesOf(x!.shape);
    const first = starts.reduce((sum, start, i) => sum + start * strides[i]!, 0);
    return strided(
      x!.data,
      shape,
      steps.map((step, i) => step * strides[i]!),
      first,
    ).data;
  },
  reverse: ([x], { axes }, { shape }) => {
    const strides = stridesOf(shape);
    const last = axes.reduce((sum, axis) => sum + (shape[axis]! - 1) * strides[axis]!, 0);
    return strided(
      x!.data,
      shape,
      strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
      last,
    ).data;
  },
  pad: ([x], { before, mode }, { shape }) => {
    const strides = stridesOf(x!.shape);
    return elementwise(shape, (place) => {
      let from = 0;
      for (let axis = 0; axis < place.length; axis++) {
        const n = x!.shape[axis]!;
        let at = place[axis]! - before[axis]!;
        if (at < 0 || at >= n) {
          if (mode === "constant") return 0;
          at = at < 0 ? -at : 2 * (n - 1) - at;
        }
        from += at * strides[axis]!;
      }
      return x!.data[from]!;
    });
  },
  gather: ([x, indices], { axis }) => {
    const inner = sizeOf(x!.shape.slice(axis + 1));
    const n = x!.shape[axis]!;
    const outer = sizeOf(x!.shape.slice(0, axis));
    const count = indices!.data.length;
    return Float64Array.from({ length: outer * count * inner }, (_, i) => {
      const at = indices!.data[Math.floor(i / inner) % count]!;
      return x!.data[(Math.floor(i / (inner * count)) * n + at) * inner + (i % inner)]!;
    });
  },
  scatterAdd: ([updates, indices], { axis, size }, { shape }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    const count = indices!.data.length;
    const out = new Float64Array(sizeOf(shape));
    updates!.data.forEach((update, i) => {
      const at = indices!.data[Math.floor(i / inner) % count]!;
      out[(Math.floor(i / (inner * count)) * size + at) * inner + (i % inner)]! += update;
    });
    return out;
  },
  stopGradient: ([x]) => x!.data,
  cast: ([x], { to }) => (to === "int32" ? x!.data.map(Math.trunc) : x!.data),
};

function moments(row: Float64Array, epsilon: number): { mean: number; inverse: number } {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / row.length;
  return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
}

function binary(f: (a: number, b: number) => number) {
  return ([a, b]: readonly DenseArray[], _: unknown, { shape }: TensorType): Float64Array => {
    const right = broadcastTo(b!, shape).data;
    return broadcastTo(a!, shape).data.map((x, i) => f(x, right[i]!));
  };
}

function unary<Attrs>(f: (x: number, attrs: Attrs) => number) {
  return ([x]: readonly DenseArray[], attrs: Attrs): Float64Array =>
    x!.data.map((element) => f(element, attrs));
}

function alongLastAxis<Attrs>(f: (row: Float64Array, attrs: Attrs) => Float64Array) {
  return ([x]: readonly DenseArray[], attrs: Attrs): Float64Array => {
    const length = x!.shape.at(-1)!;
    const out = new Float64Array(x!.data.length);
    for (let at = 0; at < out.length; at += length) out.set(f(x!.data.subarray(at, at + length), attrs), at);
    return out;
  };
}

function elementwise(shape: readonly number[], f: (place: readonly number[]) => number): Float64Array {
  const strides = stridesOf(shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    f(shape.map((n, axis) => Math.floor(i / strides[axis]!) % n)),
  );
}
