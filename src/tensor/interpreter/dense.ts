import { stridesOf } from "../shape.js";
import type { Shape } from "../types.js";
import { sizeOf } from "../types.js";

/** A row-major array in double precision: the interpreter's only kind of tensor. */
export interface DenseArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** An array whose element at each place is that of `x` at offset(place). Steps along the result's axes in elements of x. */
export function strided(x: Float64Array, shape: Shape, steps: readonly number[], offset = 0): DenseArray {
  const data = new Float64Array(sizeOf(shape));
  forEachOffset(shape, steps, offset, (from, to) => {
    data[to] = x[from]!;
  });
  return { shape, data };
}

/** Calls visit(offset into a strided array, row-major index) for every place of `shape`. */
export function forEachOffset(
  shape: Shape,
  steps: readonly number[],
  offset: number,
  visit: (offset: number, index: number) => void,
): void {
  const place = shape.map(() => 0);
  const count = sizeOf(shape);
  let from = offset;
  for (let index = 0; index < count; index++) {
    visit(from, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
}

/** x repeated to a shape that it broadcasts to. */
export function broadcastTo(x: DenseArray, shape: Shape): DenseArray {
  const strides = stridesOf(x.shape);
  const extra = shape.length - x.shape.length;
  const steps = shape.map((_, i) => (i < extra || x.shape[i - extra] === 1 ? 0 : strides[i - extra]!));
  return strided(x.data, shape, steps);
}

/** Folds x over axes into an array of shape `shape`, starting from `initial`. */
export function fold(
  x: DenseArray,
  axes: readonly number[],
  shape: Shape,
  initial: number,
  combine: (accumulated: number, element: number) => number,
): Float64Array {
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const strides = stridesOf(kept).map((stride, i) => (axes.includes(i) ? 0 : stride));
  const data = new Float64Array(sizeOf(shape)).fill(initial);
  forEachOffset(x.shape, strides, 0, (to, from) => {
    data[to] = combine(data[to]!, x.data[from]!);
  });
  return data;
}
