import { UsageError } from "../../core/errors.js";
import { topologicalOrder } from "../order.js";
import type { OpName, TensorType } from "../types.js";
import type { Value } from "../value.js";
import { EMIT, type Emission } from "./emit.js";
import { lower } from "./lower.js";
import { GraphBuilder } from "./onnx.js";

/** An ONNX model and what goes in and out of it. */
export interface CompiledGraph {
  /** Serialised ONNX, operator set 21. */
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly outputs: Readonly<Record<string, TensorType>>;
}

export interface CompileOptions {
  /**
   * Inputs whose number of images, if they are images, is left open in the model. ONNX Runtime (1.30) keeps the memory of a tensor
   * that has been used for the next one of the same known shape, however far away in the graph, and frees it where shapes
   * are unknown: a training step then takes half the memory.
   */
  readonly unsized?: (input: string) => boolean;
}

/**
 * One ONNX graph that computes the named outputs. Equal subexpressions are computed once. An output may be an input
 * or a constant or appear under two names; it is then copied.
 *
 * @throws UsageError if two different inputs have one name, or an output has an input's name
 */
export function compile(
  described: Readonly<Record<string, Value>>,
  { unsized }: CompileOptions = {},
): CompiledGraph {
  const outputs = lower(described);
  const order = topologicalOrder(Object.values(outputs));
  const inputs = inputSignature(order, outputs);
  const { first, unique } = mergeEqual(order);
  const claimed = new Map<Value, string>();
  for (const [name, value] of Object.entries(outputs)) {
    if (!claimed.has(first.get(value)!)) claimed.set(first.get(value)!, name);
  }
  const graph = new GraphBuilder();
  const surroundings = { graph, unsized };
  const names = new Map<Value, string>();
  const nameOf = (value: Value): string => names.get(first.get(value)!)!;
  for (const value of unique) {
    const out = claimed.get(value) ?? graph.fresh();
    names.set(value, emit(value, surroundings, value.inputs.map(nameOf), out));
  }
  for (const [name, value] of Object.entries(outputs)) {
    if (nameOf(value) !== name) graph.node("Identity", [nameOf(value)], {}, [name]);
  }
  const types = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, value.type]));
  return { model: graph.finish(types), inputs, outputs: types };
}

function emit<K extends OpName>(
  value: Value<K>,
  surroundings: Pick<Emission<K>, "graph" | "unsized">,
  inputs: readonly string[],
  out: string,
): string {
  const inputTypes = value.inputs.map((input) => input.type);
  return EMIT[value.op]({ ...surroundings, inputs, inputTypes, out, type: value.type, attrs: value.attrs });
}

function inputSignature(
  order: readonly Value[],
  outputs: Readonly<Record<string, Value>>,
): Record<string, TensorType> {
  const found: Record<string, TensorType> = {};
  for (const value of order) {
    if (value.op !== "input") continue;
    const { name, type } = (value as Value<"input">).attrs;
    if (Object.hasOwn(found, name)) throw new UsageError(`compile: two different inputs are named '${name}'`);
    if (Object.hasOwn(outputs, name))
      throw new UsageError(`compile: '${name}' names both an input and an output`);
    found[name] = type;
  }
  return found;
}

/** For every value the first one that computes the same, and those first ones in order. */
function mergeEqual(order: readonly Value[]): { first: Map<Value, Value>; unique: Value[] } {
  const byKey = new Map<string, Value>();
  const first = new Map<Value, Value>();
  const numbers = new Map<Value, number>();
  const unique: Value[] = [];
  for (const value of order) {
    const operands = value.inputs.map((input) => numbers.get(first.get(input)!)!);
    const content = isLargeConstant(value) ? unique.length : JSON.stringify(value.attrs, exactNumbers);
    const key = `${value.op} ${operands} ${content}`;
    const equal = byKey.get(key);
    first.set(value, equal ?? value);
    if (equal) continue;
    byKey.set(key, value);
    numbers.set(value, unique.length);
    unique.push(value);
  }
  return { first, unique };
}

const isLargeConstant = (value: Value): boolean =>
  value.op === "constant" && (value as Value<"constant">).attrs.data.length > 16;

/** JSON writes infinities as null and -0 as 0, which would merge constants that differ. */
const exactNumbers = (_: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? `${1 / value} ${value}`
    : value;
