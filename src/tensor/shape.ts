import { DomainError, ShapeError } from "../core/errors.js";
import type { ConvolutionAttrs, Shape, TensorType } from "./types.js";

/** The shape of an elementwise result: axes aligned from the last; a size of 1 stretches. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const n = a[a.length - rank + i] ?? 1;
    const m = b[b.length - rank + i] ?? 1;
    if (n !== m && n !== 1 && m !== 1) throw new ShapeError(where, [a, b], "sizes equal or 1 on every axis");
    shape.push(n === 1 ? m : n);
  }
  return shape;
}

/** An axis counted from the front; -1 is the last. */
export function normalAxis(where: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(normal) || normal < 0 || normal >= rank) {
    throw new DomainError(`${where} axis`, axis, `a whole number from ${-rank} to ${rank - 1}`);
  }
  return normal;
}

/** Axes counted from the front, sorted, each once. */
export function normalAxes(where: string, axes: readonly number[], rank: number): number[] {
  const normal = axes.map((axis) => normalAxis(where, axis, rank)).sort((a, b) => a - b);
  if (new Set(normal).size !== normal.length) throw new DomainError(`${where} axes`, axes, "each axis once");
  return normal;
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((n, i) => (axes.includes(i) ? 1 : n))
    : shape.filter((_, i) => !axes.includes(i));
}

export function requireRank(where: string, type: TensorType, rank: number): Shape {
  if (type.shape.length !== rank) throw new ShapeError(where, type.shape, `${rank} axes`);
  return type.shape;
}

/** Rows and columns that a kernel covers, holes of dilation included. */
export const kernelExtent = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** Output size of a convolution along one of the two spatial axes. */
export function convolvedSize(n: number, kernel: number, axis: 0 | 1, attrs: ConvolutionAttrs): number {
  const padded = n + attrs.pads[axis] + attrs.pads[axis + 2]!;
  return Math.floor((padded - kernelExtent(kernel, attrs.dilations[axis])) / attrs.strides[axis]) + 1;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}
