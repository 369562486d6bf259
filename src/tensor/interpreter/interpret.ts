import { ShapeError, UsageError } from "../../core/errors.js";
import { topologicalOrder } from "../order.js";
import type { OpName } from "../types.js";
import { sizeOf } from "../types.js";
import type { Value } from "../value.js";
import type { DenseArray } from "./dense.js";
import { KERNELS } from "./kernels.js";

/**
 * The values of the named outputs in double precision, one operation after the other: the reference against which
 * gradients and compiled graphs are tested, and slow.
 *
 * @param feeds row-major elements of every input the outputs depend on, by name
 * @throws UsageError for an input that is not fed, ShapeError for one with the wrong number of elements
 */
export function interpret(
  outputs: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
): Record<string, Float64Array> {
  const results = new Map<Value, DenseArray>();
  for (const value of topologicalOrder(Object.values(outputs))) {
    const data = value.op === "input" ? fed(value as Value<"input">, feeds) : evaluate(value, results);
    results.set(value, { shape: value.type.shape, data });
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, results.get(value)!.data]));
}

function evaluate<K extends OpName>(value: Value<K>, results: ReadonlyMap<Value, DenseArray>): Float64Array {
  const inputs = value.inputs.map((input) => results.get(input)!);
  return KERNELS[value.op](inputs, value.attrs, value.type);
}

function fed({ attrs }: Value<"input">, feeds: Readonly<Record<string, ArrayLike<number>>>): Float64Array {
  const data = feeds[attrs.name];
  if (!data) throw new UsageError(`interpret: input '${attrs.name}' was not fed`);
  if (data.length !== sizeOf(attrs.type.shape)) {
    throw new ShapeError(
      `interpret input '${attrs.name}'`,
      [data.length],
      `${sizeOf(attrs.type.shape)} elements`,
    );
  }
  return Float64Array.from(data);
}
