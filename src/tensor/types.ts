/** Element types of tensors. int32 serves for indices only: every arithmetic operation wants float32. */
export type Dtype = "float32" | "int32";

/** Sizes along each axis, slowest first; [] is a scalar. */
export type Shape = readonly number[];

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** Two-dimensional convolution. Pads are zeros, in the order [top, left, bottom, right]. */
export interface ConvolutionAttrs {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
}

/** `outputPads` rows and columns are added at the bottom and right: the sizes that a stride's floor forgot. */
export interface TransposedConvolutionAttrs extends ConvolutionAttrs {
  readonly outputPads: readonly [number, number];
}

export interface ReductionAttrs {
  /** Sorted, not negative. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

type None = Readonly<Record<never, never>>;

/**
 * The closed list of operations with the attributes of each, in normal form (every axis present and not negative).
 * A table over `keyof OpAttrs` that lacks an operation does not compile; there is one table per question: INFER
 * (result type), VJP (derivative), EMIT (ONNX form) and KERNELS (float64 value, the oracle).
 */
export interface OpAttrs {
  /** A tensor fed at run time: data, parameter or scalar. */
  input: { readonly name: string; readonly type: TensorType };
  constant: { readonly type: TensorType; readonly data: ArrayLike<number> };

  add: None;
  sub: None;
  mul: None;
  div: None;

  neg: None;
  abs: None;
  exp: None;
  log: None;
  sqrt: None;
  square: None;
  sin: None;
  cos: None;
  tanh: None;
  sigmoid: None;
  softplus: None;
  relu: None;
  leakyRelu: { readonly alpha: number };
  clip: { readonly low: number; readonly high: number };
  /** `below` where x < 0, `above` where x > 0, at 0 the value of [below, above] nearest to 0. No gradient. */
  step: { readonly below: number; readonly above: number };
  softmax: None;

  matmul: None;
  gemm: { readonly transA: boolean; readonly transB: boolean };
  conv2d: ConvolutionAttrs;
  convTranspose2d: TransposedConvolutionAttrs;
  layerNorm: { readonly epsilon: number };
  /** 1 / sqrt(variance + epsilon) that layerNorm(x) divided by; inputs layerNorm(x), x. */
  inverseDeviation: { readonly epsilon: number };

  reduceSum: ReductionAttrs;
  reduceMean: ReductionAttrs;
  reduceMax: ReductionAttrs;
  averagePool: { readonly size: number };
  upsampleNearest: { readonly factor: number };

  reshape: { readonly shape: Shape };
  expand: { readonly shape: Shape };
  transpose: { readonly perm: readonly number[] };
  concat: { readonly axis: number };
  slice: {
    readonly starts: readonly number[];
    readonly ends: readonly number[];
    readonly steps: readonly number[];
  };
  reverse: { readonly axes: readonly number[] };
  pad: {
    readonly before: readonly number[];
    readonly after: readonly number[];
    readonly mode: "constant" | "reflect";
  };
  gather: { readonly axis: number };
  scatterAdd: { readonly axis: number; readonly size: number };
  stopGradient: None;
  cast: { readonly to: Dtype };
}

export type OpName = keyof OpAttrs;

/** The number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);
