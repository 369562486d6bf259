import { topologicalOrder } from "./order.js";
import type { Value } from "./value.js";

/**
 * The same formulas with other values in the place of inputs. What does not depend on a replaced input stays the same node;
 * shared parts stay shared.
 *
 * @param values by any names
 * @param replacements by the inputs' names, each of its input's type
 */
export function substitute(
  values: Readonly<Record<string, Value>>,
  replacements: ReadonlyMap<string, Value>,
): Record<string, Value> {
  const found = new Map<Value, Value>();
  for (const value of topologicalOrder(Object.values(values))) {
    const inputs = value.inputs.map((input) => found.get(input)!);
    const isSame = inputs.every((input, i) => input === value.inputs[i]);
    found.set(value, replacementOf(value, replacements) ?? (isSame ? value : { ...value, inputs }));
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, found.get(value)!]));
}

const replacementOf = (value: Value, replacements: ReadonlyMap<string, Value>): Value | undefined =>
  value.op === "input" ? replacements.get((value as Value<"input">).attrs.name) : undefined;
