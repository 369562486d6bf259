import { ShapeError } from "../core/errors.js";
import { INFER } from "./infer.js";
import type { Dtype, OpAttrs, OpName, Shape, TensorType } from "./types.js";
import { sizeOf } from "./types.js";

/** A tensor that a graph will compute: an immutable node. Nothing is computed until it is compiled or interpreted. */
export interface Value<K extends OpName = OpName> {
  readonly op: K;
  readonly attrs: OpAttrs[K];
  readonly inputs: readonly Value[];
  readonly type: TensorType;
}

/** What operations accept: a tensor, or a number that stands for a scalar constant. */
export type Operand = Value | number;

/** A new node; throws ShapeError or DomainError, naming the operation, where the operands do not fit. */
export function make<K extends OpName>(op: K, attrs: OpAttrs[K], inputs: readonly Value[]): Value {
  const type = INFER[op](
    inputs.map((input) => input.type),
    attrs,
  );
  return { op, attrs, inputs, type };
}

/** A tensor fed at run time under `name`: data, a parameter, a learning rate. Names are unique within a graph. */
export function input(name: string, shape: Shape, dtype: Dtype = "float32"): Value {
  return make("input", { name, type: { shape, dtype } }, []);
}

/** Numbers known when the graph is built. Kept in double precision, rounded to float32 when compiled. */
export function constant(
  data: ArrayLike<number> | number,
  shape: Shape = [],
  dtype: Dtype = "float32",
): Value {
  const values = typeof data === "number" ? Array.from({ length: sizeOf(shape) }, () => data) : data;
  if (values.length !== sizeOf(shape))
    throw new ShapeError("constant", [values.length], `${sizeOf(shape)} elements`);
  return make("constant", { type: { shape, dtype }, data: values }, []);
}

export const toValue = (operand: Operand): Value =>
  typeof operand === "number" ? constant(operand) : operand;
