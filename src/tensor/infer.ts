import { DomainError, ShapeError } from "../core/errors.js";
import {
  broadcastShapes,
  convolvedSize,
  kernelExtent,
  normalAxis,
  reducedShape,
  requireRank,
} from "./shape.js";
import type { OpAttrs, OpName, ReductionAttrs, Shape, TensorType } from "./types.js";
import { sameShape, sizeOf } from "./types.js";

type Infer<K extends OpName> = (inputs: readonly TensorType[], attrs: OpAttrs[K]) => TensorType;

/** Result type of every operation, or an error that names it and shows the operands' shapes. Never looks at data. */
export const INFER: { readonly [K in OpName]: Infer<K> } = {
  input: (_, { name, type }) => {
    if (name === "" || name.startsWith("%"))
      throw new DomainError("input name", name, "a name not starting with %");
    return checkedType("input", type);
  },
  constant: (_, { type }) => checkedType("constant", type),

  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),

  neg: unary("neg"),
  abs: unary("abs"),
  exp: unary("exp"),
  log: unary("log"),
  sqrt: unary("sqrt"),
  square: unary("square"),
  sin: unary("sin"),
  cos: unary("cos"),
  tanh: unary("tanh"),
  sigmoid: unary("sigmoid"),
  softplus: unary("softplus"),
  relu: unary("relu"),
  leakyRelu: unary("leakyRelu"),
  clip: unary("clip"),
  step: unary("step"),
  softmax: ([x]) => {
    if (x!.shape.length === 0) throw new ShapeError("softmax", x!.shape, "at least one axis");
    return unary("softmax")([x!]);
  },

  matmul: ([a, b]) => {
    const [m, k] = lastTwo("matmul", a!);
    const [k2, n] = lastTwo("matmul", b!);
    if (k !== k2) throw new ShapeError("matmul", [a!.shape, b!.shape], "inner sizes equal");
    const batch = broadcastShapes("matmul", a!.shape.slice(0, -2), b!.shape.slice(0, -2));
    return float([...batch, m, n]);
  },
  gemm: ([a, b], { transA, transB }) => {
    const [a0, a1] = requireRank("gemm", floats("gemm", a!), 2);
    const [b0, b1] = requireRank("gemm", floats("gemm", b!), 2);
    if ((transA ? a0 : a1) !== (transB ? b1 : b0)) {
      throw new ShapeError("gemm", [a!.shape, b!.shape], "inner sizes equal");
    }
    return float([(transA ? a1 : a0)!, (transB ? b0 : b1)!]);
  },
  conv2d: ([x, w, bias], attrs) => {
    const [n, channels, rows, columns] = requireRank("conv2d", floats("conv2d", x!), 4);
    const [out, inPerGroup, kh, kw] = requireRank("conv2d weights", floats("conv2d", w!), 4);
    if (inPerGroup! * attrs.groups !== channels || out! % attrs.groups !== 0) {
      throw new ShapeError("conv2d", [x!.shape, w!.shape], `channels that match in ${attrs.groups} group(s)`);
    }
    requireBias("conv2d", bias, out!);
    const shape = [n!, out!, convolvedSize(rows!, kh!, 0, attrs), convolvedSize(columns!, kw!, 1, attrs)];
    if (shape[2]! < 1 || shape[3]! < 1)
      throw new ShapeError("conv2d", [x!.shape, w!.shape], "a kernel that fits");
    return float(shape);
  },
  convTranspose2d: ([x, w, bias], attrs) => {
    const [n, channels, rows, columns] = requireRank("convTranspose2d", floats("convTranspose2d", x!), 4);
    const weights = floats("convTranspose2d", w!);
    const [inChannels, outPerGroup, kh, kw] = requireRank("convTranspose2d weights", weights, 4);
    if (inChannels !== channels || channels! % attrs.groups !== 0) {
      throw new ShapeError(
        "convTranspose2d",
        [x!.shape, w!.shape],
        `channels that match in ${attrs.groups} group(s)`,
      );
    }
    requireBias("convTranspose2d", bias, outPerGroup! * attrs.groups);
    const size = (count: number, kernel: number, axis: 0 | 1): number => {
      const added = attrs.outputPads[axis];
      if (added < 0 || added >= attrs.strides[axis]) {
        throw new DomainError("convTranspose2d outputPads", attrs.outputPads, "0 to stride - 1");
      }
      const full = (count - 1) * attrs.strides[axis] + kernelExtent(kernel, attrs.dilations[axis]) + added;
      return full - attrs.pads[axis] - attrs.pads[axis + 2]!;
    };
    const shape = [n!, outPerGroup! * attrs.groups, size(rows!, kh!, 0), size(columns!, kw!, 1)];
    if (shape[2]! < 1 || shape[3]! < 1)
      throw new ShapeError("convTranspose2d", [x!.shape, w!.shape], "fewer pads");
    return float(shape);
  },
  layerNorm: ([x]) => {
    if (x!.shape.length === 0) throw new ShapeError("layerNorm", x!.shape, "at least one axis");
    return unary("layerNorm")([x!]);
  },
  inverseDeviation: ([normalised, x]) => {
    floats("inverseDeviation", normalised!);
    return float([...floats("inverseDeviation", x!).shape.slice(0, -1), 1]);
  },

  reduceSum: reduction("reduceSum"),
  reduceMean: reduction("reduceMean"),
  reduceMax: reduction("reduceMax"),
  averagePool: ([x], { size }) => {
    const [n, channels, rows, columns] = requireRank("averagePool", floats("averagePool", x!), 4);
    if (rows! % size !== 0 || columns! % size !== 0) {
      throw new ShapeError("averagePool", x!.shape, `rows and columns that ${size} divides`);
    }
    return float([n!, channels!, rows! / size, columns! / size]);
  },
  upsampleNearest: ([x], { factor }) => {
    const [n, channels, rows, columns] = requireRank("upsampleNearest", floats("upsampleNearest", x!), 4);
    return float([n!, channels!, rows! * factor, columns! * factor]);
  },

  reshape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x!.shape))
      throw new ShapeError("reshape", x!.shape, `as many elements as ${shape}`);
    return checkedType("reshape", { shape, dtype: x!.dtype });
  },
  expand: ([x], { shape }) => {
    if (!sameShape(broadcastShapes("expand", x!.shape, shape), shape)) {
      throw new ShapeError("expand", x!.shape, `a shape that stretches to [${shape}]`);
    }
    return { shape, dtype: x!.dtype };
  },
  transpose: ([x], { perm }) => {
    const sorted = [...perm].sort((a, b) => a - b);
    if (
      !sameShape(
        sorted,
        x!.shape.map((_, i) => i),
      )
    ) {
      throw new ShapeError("transpose", x!.shape, `a permutation of its axes, not [${perm}]`);
    }
    return { shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype };
  },
  concat: (types, { axis }) => {
    const first = types[0];
    if (!first) throw new ShapeError("concat", [], "at least one tensor");
    const rest = (t: TensorType) => [t.dtype, ...t.shape.filter((_, i) => i !== axis)].join();
    if (types.some((t) => rest(t) !== rest(first))) {
      throw new ShapeError(
        "concat",
        types.map((t) => t.shape),
        `equal but for axis ${axis}`,
      );
    }
    const total = types.reduce((sum, t) => sum + t.shape[axis]!, 0);
    return { shape: first.shape.map((n, i) => (i === axis ? total : n)), dtype: first.dtype };
  },
  slice: ([x], { starts, ends, steps }) => ({
    shape: x!.shape.map((n, i) => {
      const [start, end, step] = [starts[i]!, ends[i]!, steps[i]!];
      if (!(start >= 0 && start < end && end <= n && step >= 1)) {
        throw new ShapeError(
          "slice",
          x!.shape,
          `0 <= start < end <= size on axis ${i}, not ${start} to ${end}`,
        );
      }
      return Math.ceil((end - start) / step);
    }),
    dtype: x!.dtype,
  }),
  reverse: ([x]) => x!,
  pad: ([x], { before, after, mode }) => ({
    shape: x!.shape.map((n, i) => {
      const most = Math.max(before[i]!, after[i]!);
      if (Math.min(before[i]!, after[i]!) < 0 || (mode === "reflect" && most >= n)) {
        throw new ShapeError(
          "pad",
          x!.shape,
          `pads from 0${mode === "reflect" ? " to size - 1" : ""} on axis ${i}`,
        );
      }
      return before[i]! + n + after[i]!;
    }),
    dtype: floats("pad", x!).dtype,
  }),
  gather: ([x, indices], { axis }) => {
    if (indices!.dtype !== "int32") throw new ShapeError("gather indices", indices!.dtype, "int32");
    const at = normalAxis("gather", axis, x!.shape.length);
    return {
      shape: [...x!.shape.slice(0, at), ...indices!.shape, ...x!.shape.slice(at + 1)],
      dtype: x!.dtype,
    };
  },
  scatterAdd: ([updates, indices], { axis, size }) => {
    const rank = indices!.shape.length;
    const target = floats("scatterAdd", updates!).shape.slice(axis, axis + rank);
    if (indices!.dtype !== "int32" || !sameShape(target, indices!.shape)) {
      throw new ShapeError(
        "scatterAdd",
        [updates!.shape, indices!.shape],
        `int32 indices of shape [${target}]`,
      );
    }
    return float([...updates!.shape.slice(0, axis), size, ...updates!.shape.slice(axis + rank)]);
  },
  stopGradient: ([x]) => x!,
  cast: ([x], { to }) => ({ shape: x!.shape, dtype: to }),
};

const float = (shape: Shape): TensorType => ({ shape, dtype: "float32" });

function floats(where: string, type: TensorType): TensorType {
  if (type.dtype !== "float32") throw new ShapeError(`${where} operand`, type, "dtype float32");
  return type;
}

function checkedType(where: string, type: TensorType): TensorType {
  if (type.shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ShapeError(where, type.shape, "whole sizes of at least 1");
  }
  return type;
}

function unary(where: string) {
  return ([x]: readonly TensorType[]): TensorType => floats(where, x!);
}

function binary(where: string) {
  return ([a, b]: readonly TensorType[]): TensorType =>
    float(broadcastShapes(where, floats(where, a!).shape, floats(where, b!).shape));
}

function reduction(where: string) {
  return ([x]: readonly TensorType[], { axes, keepDims }: ReductionAttrs): TensorType =>
    float(reducedShape(floats(where, x!).shape, axes, keepDims));
}

function lastTwo(where: string, type: TensorType): [number, number] {
  const { shape } = floats(where, type);
  if (shape.length < 2) throw new ShapeError(where, shape, "at least two axes");
  return [shape.at(-2)!, shape.at(-1)!];
}

function requireBias(where: string, bias: TensorType | undefined, channels: number): void {
  if (bias && !sameShape(floats(where, bias).shape, [channels]))
    throw new ShapeError(`${where} bias`, bias.shape, `[${channels}]`);
}
