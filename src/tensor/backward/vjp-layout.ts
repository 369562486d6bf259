import { add } from "../elementwise.js";
import { pad, reshape, reverse, slice } from "../layout.js";
import type { OpAttrs } from "../types.js";
import type { Value } from "../value.js";

/** Each tensor's share is the slice of dy that it filled. */
export function concatVjp(dy: Value, inputs: readonly Value[], { axis }: OpAttrs["concat"]): Value[] {
  let start = 0;
  return inputs.map((x) => {
    const end = start + x.type.shape[axis]!;
    const part = slice(dy, { axis, start, end });
    start = end;
    return part;
  });
}

/** dx is dy at the places the slice read and zero elsewhere: steps filled with zeros, then padded to x's size. */
export function sliceVjp(dy: Value, x: Value, { starts, steps }: OpAttrs["slice"]): Value {
  const zeros = x.type.shape.map(() => 0);
  let spread = dy;
  steps.forEach((step, axis) => {
    if (step > 1) spread = interleaveZeros(spread, axis, step, x.type.shape[axis]! - starts[axis]!);
  });
  const after = x.type.shape.map((n, i) => n - starts[i]! - spread.type.shape[i]!);
  return pad(spread, starts.length > 0 ? starts : zeros, after);
}

/** step - 1 zeros after every element of an axis, cut to `most` elements. */
function interleaveZeros(x: Value, axis: number, step: number, most: number): Value {
  const { shape } = x.type;
  const n = shape[axis]!;
  const split = reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  const none = split.type.shape.map(() => 0);
  const padded = pad(split, none, none.with(axis + 1, step - 1));
  const flat = reshape(padded, shape.with(axis, n * step));
  return slice(flat, { axis, end: Math.min(n * step, most) });
}

/**
 * Zeros: dx is the slice of dy inside the pads. Reflection: what lies in the pads is also added, mirrored, to the
 * elements it was copied from, one axis after the other.
 */
export function padVjp(dy: Value, x: Value, { before, after, mode }: OpAttrs["pad"]): Value {
  return x.type.shape.reduce((gradient, n, axis) => {
    const [low, high] = [before[axis]!, after[axis]!];
    const core = slice(gradient, { axis, start: low, end: low + n });
    if (mode === "constant") return core;
    const zeros = gradient.type.shape.map(() => 0);
    const mirrored = (start: number, count: number, offset: number): Value => {
      const part = reverse(slice(gradient, { axis, start, end: start + count }), [axis]);
      return pad(part, zeros.with(axis, offset), zeros.with(axis, n - offset - count));
    };
    const withLow = low > 0 ? add(core, mirrored(0, low, 1)) : core;
    return high > 0 ? add(withLow, mirrored(low + n, high, n - 1 - high)) : withLow;
  }, dy);
}
