import type { ConvolutionAttrs, OpAttrs, OpName, Shape, TensorType } from "../types.js";
import { type Attributes, float, type GraphBuilder } from "./onnx.js";

/** What a rule is given to write one operation into a graph. */
export interface Emission<K extends OpName> {
  readonly graph: GraphBuilder;
  /** Which inputs are written without the number of their images. */
  readonly unsized: ((name: string) => boolean) | undefined;
  /** Names of the operands. */
  readonly inputs: readonly string[];
  readonly inputTypes: readonly TensorType[];
  /** The name to give the result. */
  readonly out: string;
  readonly type: TensorType;
  readonly attrs: OpAttrs[K];
}

type Emit<K extends OpName> = (emission: Emission<K>) => string;

/** Writes the ONNX nodes of an operation; returns the result's name, which is not `out` where nothing was computed. */
export const EMIT: { readonly [K in OpName]: Emit<K> } = {
  input: ({ graph, unsized, attrs }) => {
    graph.input(attrs.name, attrs.type, attrs.type.shape.length === 4 && unsized?.(attrs.name));
    return attrs.name;
  },
  constant: ({ graph, attrs }) => graph.constant(attrs.data, attrs.type),

  add: node("Add"),
  sub: node("Sub"),
  mul: node("Mul"),
  div: node("Div"),

  neg: node("Neg"),
  abs: node("Abs"),
  exp: node("Exp"),
  log: node("Log"),
  sqrt: node("Sqrt"),
  square: ({ graph, inputs: [x], out }) => graph.node("Mul", [x!, x!], {}, [out]),
  sin: node("Sin"),
  cos: node("Cos"),
  tanh: node("Tanh"),
  sigmoid: node("Sigmoid"),
  // max(x, 0) + log(1 + exp(-|x|)), which cannot overflow
  softplus: ({ graph, inputs: [x], out }) => {
    const tail = graph.node("Exp", [graph.node("Neg", [graph.node("Abs", [x!])])]);
    const log = graph.node("Log", [graph.node("Add", [tail, graph.scalar(1)])]);
    return graph.node("Add", [graph.node("Relu", [x!]), log], {}, [out]);
  },
  relu: node("Relu"),
  leakyRelu: node("LeakyRelu", ({ alpha }) => ({ alpha: float(alpha) })),
  clip: ({ graph, inputs: [x], out, attrs: { low, high } }) => {
    const limit = (value: number) => (Number.isFinite(value) ? graph.scalar(value) : "");
    return graph.node("Clip", [x!, limit(low), limit(high)], {}, [out]);
  },
  // Sign and comparisons leave the GPU; a steep ramp does not
  step: ({ graph, inputs: [x], out, attrs: { below, above } }) => {
    const steep = graph.node("Mul", [x!, graph.scalar(1e30)]);
    return graph.node("Clip", [steep, graph.scalar(below), graph.scalar(above)], {}, [out]);
  },
  softmax: node("Softmax", () => ({ axis: -1 })),

  matmul: node("MatMul"),
  gemm: node("Gemm", ({ transA, transB }) => ({ transA: Number(transA), transB: Number(transB) })),
  conv2d: ({ graph, inputs, inputTypes, out, attrs }) =>
    graph.node("Conv", inputs, convolution(attrs, inputTypes[1]!), [out]),
  convTranspose2d: ({ graph, inputs, inputTypes, out, attrs }) => {
    const attributes = { ...convolution(attrs, inputTypes[1]!), output_padding: attrs.outputPads };
    return graph.node("ConvTranspose", inputs, attributes, [out]);
  },
  // the scale of ones is folded into a constant when the session starts
  layerNorm: ({ graph, inputs: [x], out, type, attrs: { epsilon } }) => {
    const length = graph.integers([type.shape.at(-1)!]);
    const ones = graph.node("Expand", [graph.constant([1], { shape: [1], dtype: "float32" }), length]);
    const outputs = [out, `${out}%mean`, inverseName(out)];
    return graph.node("LayerNormalization", [x!, ones], { axis: -1, epsilon: float(epsilon) }, outputs);
  },
  // the second output of its layerNorm
  inverseDeviation: ({ inputs: [normalised] }) => inverseName(normalised!),

  reduceSum: reduction("ReduceSum"),
  reduceMean: reduction("ReduceMean"),
  reduceMax: reduction("ReduceMax"),
  averagePool: node("AveragePool", ({ size }) => ({ kernel_shape: [size, size], strides: [size, size] })),
  upsampleNearest: ({ graph, inputs: [x], out, attrs: { factor } }) => {
    const scales = graph.constant([1, 1, factor, factor], { shape: [4], dtype: "float32" });
    const attributes = {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    };
    return graph.node("Resize", [x!, "", scales], attributes, [out]);
  },

  reshape: ({ graph, unsized, inputs: [x], inputTypes: [from], out, attrs: { shape } }) => {
    const to = graph.integers(unsized ? relativeShape(from!.shape, shape) : shape);
    return graph.node("Reshape", [x!, to], {}, [out]);
  },
  expand: ({ graph, inputs: [x], out, attrs: { shape } }) =>
    graph.node("Expand", [x!, graph.integers(shape)], {}, [out]),
  transpose: node("Transpose", ({ perm }) => ({ perm })),
  concat: node("Concat", ({ axis }) => ({ axis })),
  slice: ({ graph, inputs: [x], out, attrs: { starts, ends, steps }, inputTypes }) => {
    const cut = starts
      .map((_, i) => i)
      .filter((i) => {
        return starts[i] !== 0 || ends[i] !== inputTypes[0]!.shape[i] || steps[i] !== 1;
      });
    const list = (values: readonly number[]) => graph.integers(cut.map((axis) => values[axis]!));
    return graph.node("Slice", [x!, list(starts), list(ends), graph.integers(cut), list(steps)], {}, [out]);
  },
  reverse: ({ graph, inputs: [x], out, attrs: { axes } }) => {
    const list = (value: number) => graph.integers(axes.map(() => value));
    const beforeFirst = list(-(2 ** 31));
    return graph.node("Slice", [x!, list(-1), beforeFirst, graph.integers(axes), list(-1)], {}, [out]);
  },
  pad: ({ graph, inputs: [x], out, attrs: { before, after, mode } }) =>
    graph.node("Pad", [x!, graph.integers([...before, ...after])], { mode }, [out]),
  // ONNX Runtime copies slices of what follows the axis: single elements are slow, nine times slower than rows
  gather: ({ graph, inputs: [x, indices], inputTypes: [type, places], out, attrs: { axis } }) => {
    const last = type!.shape.length - 1;
    const isWorthTransposing = places!.shape.length === 1 && type!.shape[last]! <= 4 * places!.shape[0]!;
    if (axis === 0 || axis < last || !isWorthTransposing)
      return graph.node("Gather", [x!, indices!], { axis }, [out]);
    const axes = type!.shape.map((_, i) => i);
    const rows = graph.node("Transpose", [x!], { perm: [last, ...axes.slice(0, -1)] });
    const gathered = graph.node("Gather", [rows, indices!], { axis: 0 });
    return graph.node("Transpose", [gathered], { perm: [...axes.slice(1), 0] }, [out]);
  },
  // ScatterND with repeated indices is a data race on the CPU; ScatterElements adds them one after the other
  scatterAdd: ({ graph, inputs: [updates, indices], inputTypes, out, type, attrs: { axis } }) => {
    const [{ shape }, { shape: rows }] = inputTypes as [TensorType, TensorType];
    const flat = [
      ...shape.slice(0, axis),
      rows.reduce((n, m) => n * m, 1),
      ...shape.slice(axis + rows.length),
    ];
    const column = graph.integers(flat.map((n, i) => (i === axis ? n : 1)));
    const places = graph.node("Expand", [graph.node("Reshape", [indices!, column]), graph.integers(flat)]);
    const zeros = graph.node("Expand", [graph.scalar(0), graph.integers(type.shape)]);
    const values = graph.node("Reshape", [updates!, graph.integers(flat)]);
    return graph.node("ScatterElements", [zeros, places, values], { axis, reduction: "add" }, [out]);
  },
  stopGradient: ({ inputs: [x] }) => x!,
  cast: node("Cast", ({ to }) => ({ to: to === "float32" ? 1 : 6 })),
};

function node<K extends OpName>(
  opType: string,
  attributes: (attrs: OpAttrs[K]) => Attributes = () => ({}),
): Emit<K> {
  return ({ graph, inputs, out, attrs }) => graph.node(opType, inputs, attributes(attrs), [out]);
}

function reduction(opType: string) {
  return ({ graph, inputs: [x], out, attrs }: Emission<"reduceSum" | "reduceMean" | "reduceMax">): string =>
    graph.node(opType, [x!, graph.integers(attrs.axes)], { keepdims: Number(attrs.keepDims) }, [out]);
}

function convolution(
  { strides, pads, dilations, groups }: ConvolutionAttrs,
  weights: TensorType,
): Attributes {
  return { strides, pads, dilations, group: groups, kernel_shape: weights.shape.slice(2) };
}

/** A shape for Reshape that does not tell all lengths: 0 for an axis that keeps its length, -1 for the last other one. */
function relativeShape(from: Shape, to: Shape): number[] {
  const rest = to.findLastIndex((n, axis) => n !== from[axis]);
  return to.map((n, axis) => (axis === rest ? -1 : n === from[axis] ? 0 : n));
}

const inverseName = (layerNorm: string): string => `${layerNorm}%inverse`;
