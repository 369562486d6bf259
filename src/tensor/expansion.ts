import { broadcastShapes } from "./shape.js";
import { type Shape, sameShape, sizeOf } from "./types.js";
import { make, type Value } from "./value.js";

/**
 * a op b where the operands may have been stretched by `expand`, as gradients of sums are: left as they were if the other
 * operand stretches them all the same, and stretched after the operation, not before, if the other one is a single number.
 */
export function withoutExpanding(op: "add" | "sub" | "mul" | "div", a: Value, b: Value): Value {
  if (isExpanded(a) && isSingle(b, a.type.shape))
    return expandTo(make(op, {}, [a.inputs[0]!, b]), a.type.shape);
  if (isExpanded(b) && isSingle(a, b.type.shape))
    return expandTo(make(op, {}, [a, b.inputs[0]!]), b.type.shape);
  const left = unexpanded(a, b);
  return make(op, {}, [left, unexpanded(b, left)]);
}

const isExpanded = (value: Value): boolean => value.op === "expand";

const isSingle = (value: Value, beside: Shape): boolean =>
  sizeOf(value.type.shape) === 1 && value.type.shape.length <= beside.length;

const expandTo = (value: Value, shape: Shape): Value =>
  sameShape(value.type.shape, shape) ? value : make("expand", { shape }, [value]);

/** What `value` was before it was expanded, if `other` broadcasts it to the same shape. */
function unexpanded(value: Value, other: Value): Value {
  if (!isExpanded(value)) return value;
  const [source] = value.inputs as [Value];
  const shape = (small: Value) => broadcastShapes("expand", small.type.shape, other.type.shape);
  return source.type.shape.length <= other.type.shape.length && sameShape(shape(source), shape(value))
    ? source
    : value;
}
