import { UsageError } from "../core/errors.js";
import { add, mul } from "./elementwise.js";
import { reshape } from "./layout.js";
import type { ConvolutionAttrs, Shape } from "./types.js";
import { make, type Value } from "./value.js";

/** Matrix product over the last two axes, the leading ones broadcasting: [.., m, k] x [.., k, n]. */
export const matmul = (a: Value, b: Value): Value => make("matmul", {}, [a, b]);

/** Product of two matrices, either read transposed without being copied. */
export const gemm = (
  a: Value,
  b: Value,
  { transA = false, transB = false }: { readonly transA?: boolean; readonly transB?: boolean } = {},
): Value => make("gemm", { transA, transB }, [a, b]);

export interface ConvolutionOptions {
  /** Default 1. */
  readonly stride?: number | readonly [rows: number, columns: number];
  /** Zeros around the image: one number for all sides, or [top, left, bottom, right]. Default 0. */
  readonly pads?: number | readonly [number, number, number, number];
  /** Default 1. */
  readonly dilation?: number | readonly [rows: number, columns: number];
  /** Default 1. */
  readonly groups?: number;
  /** One number per output channel, [channels]. */
  readonly bias?: Value;
}

export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /** Rows and columns added at the bottom and right, below the stride. Default 0. */
  readonly outputPads?: number | readonly [rows: number, columns: number];
}

/**
 * Cross-correlation of images x [n, in, rows, columns] with weights [out, in / groups, kh, kw], as PyTorch's Conv2d:
 * [n, out, floor((rows + pads - dilation (kh - 1) - 1) / stride) + 1, …].
 */
export function conv2d(x: Value, weights: Value, options: ConvolutionOptions = {}): Value {
  return make("conv2d", convolutionAttrs(options), [x, weights, ...(options.bias ? [options.bias] : [])]);
}

/**
 * The transpose of conv2d, as PyTorch's ConvTranspose2d: x [n, in, rows, columns], weights [in, out / groups, kh, kw] to
 * [n, out, (rows - 1) stride - pads + dilation (kh - 1) + 1 + outputPads, …].
 */
export function convTranspose2d(x: Value, weights: Value, options: TransposedConvolutionOptions = {}): Value {
  const attrs = { ...convolutionAttrs(options), outputPads: pair(options.outputPads ?? 0) };
  return make("convTranspose2d", attrs, [x, weights, ...(options.bias ? [options.bias] : [])]);
}

/** (x - mean) / sqrt(variance + epsilon) along the last axis; variance with divisor n. */
export const layerNorm = (x: Value, epsilon = 1e-5): Value => make("layerNorm", { epsilon }, [x]);

/** 1 / sqrt(variance + epsilon) that a layerNorm divided its operand by, [.., 1]. */
export function inverseDeviation(normalised: Value): Value {
  if (normalised.op !== "layerNorm")
    throw new UsageError(`inverseDeviation: found ${normalised.op}, expected layerNorm`);
  const { inputs, attrs } = normalised as Value<"layerNorm">;
  return make("inverseDeviation", attrs, [normalised, inputs[0]!]);
}

export interface InstanceNormOptions {
  /** Default 1e-5, as PyTorch. */
  readonly epsilon?: number;
  /** [channels] */
  readonly scale?: Value;
  /** [channels] */
  readonly bias?: Value;
}

/** Every channel of every image of [n, channels, rows, columns] brought to mean 0 and variance 1, then scaled. */
export function instanceNorm(x: Value, { epsilon, scale, bias }: InstanceNormOptions = {}): Value {
  const [n, channels] = x.type.shape as [number, number];
  const normal = reshape(layerNorm(reshape(x, [n, channels, -1]), epsilon), x.type.shape);
  return affine(normal, channels, scale, bias);
}

/** As instanceNorm, with mean and variance over groups of neighbouring channels; `groups` divides channels. */
export function groupNorm(
  x: Value,
  groups: number,
  { epsilon, scale, bias }: InstanceNormOptions = {},
): Value {
  const [n, channels] = x.type.shape as [number, number];
  const normal = reshape(layerNorm(reshape(x, [n, groups, -1]), epsilon), x.type.shape);
  return affine(normal, channels, scale, bias);
}

function affine(x: Value, channels: number, scale?: Value, bias?: Value): Value {
  const perChannel: Shape = [1, channels, 1, 1];
  const scaled = scale ? mul(x, reshape(scale, perChannel)) : x;
  return bias ? add(scaled, reshape(bias, perChannel)) : scaled;
}

const pair = (size: number | readonly [number, number]): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;

function convolutionAttrs({
  stride = 1,
  pads = 0,
  dilation = 1,
  groups = 1,
}: ConvolutionOptions): ConvolutionAttrs {
  return {
    strides: pair(stride),
    pads: typeof pads === "number" ? [pads, pads, pads, pads] : pads,
    dilations: pair(dilation),
    groups,
  };
}
