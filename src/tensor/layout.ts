import { DomainError, ShapeError } from "../core/errors.js";
import { normalAxes, normalAxis } from "./shape.js";
import type { Shape } from "./types.js";
import { sameShape, sizeOf } from "./types.js";
import { make, type Value } from "./value.js";

/** The same elements in another shape; one size may be -1 and is then worked out. */
export function reshape(x: Value, shape: Shape): Value {
  const known = shape.filter((n) => n !== -1);
  if (known.length < shape.length - 1) throw new DomainError("reshape", shape, "at most one -1");
  if (sizeOf(x.type.shape) % sizeOf(known) !== 0) {
    throw new ShapeError("reshape", x.type.shape, `as many elements as ${shape}`);
  }
  const full = shape.map((n) => (n === -1 ? sizeOf(x.type.shape) / sizeOf(known) : n));
  return sameShape(full, x.type.shape) ? x : make("reshape", { shape: full }, [x]);
}

/** What a value was before it was only given another shape. */
export const unshaped = (value: Value): Value =>
  value.op === "reshape" ? unshaped(value.inputs[0]!) : value;

/** x repeated along its axes of size 1 (and along new leading axes) to `shape`. */
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(shape, x.type.shape) ? x : make("expand", { shape }, [x]);

/** Axis i of the result is axis perm[i] of x; without perm, the last two axes change places. */
export function transpose(x: Value, perm?: readonly number[]): Value {
  const rank = x.type.shape.length;
  if (!perm && rank < 2) throw new ShapeError("transpose", x.type.shape, "at least two axes");
  const axes = x.type.shape.map((_, i) => i);
  const full = perm?.map((axis) => normalAxis("transpose", axis, rank)) ?? [
    ...axes.slice(0, -2),
    rank - 1,
    rank - 2,
  ];
  return full.every((axis, i) => axis === i) && full.length === rank
    ? x
    : make("transpose", { perm: full }, [x]);
}

/** Tensors one after the other along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  if (values.length === 0) throw new DomainError("concat", values.length, "at least one tensor");
  const at = normalAxis("concat", axis, values[0]!.type.shape.length);
  return values.length === 1 ? values[0]! : make("concat", { axis: at }, values);
}

export interface AxisRange {
  readonly axis: number;
  /** First index; negative counts from the end. Default 0. */
  readonly start?: number;
  /** One past the last index; negative counts from the end. Default the axis' size. */
  readonly end?: number;
  /** At least 1. */
  readonly step?: number;
}

/** Elements start, start + step, … before end along one axis or several; the other axes whole. */
export function slice(x: Value, ranges: AxisRange | readonly AxisRange[]): Value {
  const { shape } = x.type;
  const starts = shape.map(() => 0);
  const ends = [...shape];
  const steps = shape.map(() => 1);
  for (const { axis, start = 0, end, step = 1 } of [ranges].flat() as AxisRange[]) {
    const at = normalAxis("slice", axis, shape.length);
    const n = shape[at]!;
    starts[at] = start < 0 ? start + n : start;
    ends[at] = end === undefined ? n : end < 0 ? end + n : end;
    steps[at] = step;
  }
  const whole = starts.every((start, i) => start === 0 && ends[i] === shape[i] && steps[i] === 1);
  return whole ? x : make("slice", { starts, ends, steps }, [x]);
}

/** x with the order along the given axes turned round. */
export const reverse = (x: Value, axes: readonly number[]): Value =>
  make("reverse", { axes: normalAxes("reverse", axes, x.type.shape.length) }, [x]);

/**
 * x with `before[i]` elements added in front of axis i and `after[i]` behind it: zeros, or ("reflect") the
 * neighbours mirrored about the edge element, which is not repeated.
 */
export function pad(
  x: Value,
  before: readonly number[],
  after: readonly number[],
  mode: "constant" | "reflect" = "constant",
): Value {
  const rank = x.type.shape.length;
  if (before.length !== rank || after.length !== rank) {
    throw new ShapeError("pad", [before, after], `${rank} pads on each side`);
  }
  return [...before, ...after].every((n) => n === 0) ? x : make("pad", { before, after, mode }, [x]);
}

/** Pads the last two axes of x by [top, left, bottom, right]. */
export function padImage(
  x: Value,
  [top, left, bottom, right]: readonly [number, number, number, number],
  mode: "constant" | "reflect" = "constant",
): Value {
  const none = new Array<number>(x.type.shape.length - 2).fill(0);
  return pad(x, [...none, top, left], [...none, bottom, right], mode);
}

/**
 * Elements of x at int32 `indices` along an axis, which is replaced by the indices' axes. Indices lie in
 * [0, size); several may be equal: their gradients add up.
 */
export const gather = (x: Value, indices: Value, axis: number): Value =>
  make("gather", { axis: normalAxis("gather", axis, x.type.shape.length) }, [x, indices]);

/** Adds `updates` at int32 `indices` of an axis of `size` zeros: the transpose of `gather`. */
export const scatterAdd = (updates: Value, indices: Value, axis: number, size: number): Value =>
  make("scatterAdd", { axis, size }, [updates, indices]);
