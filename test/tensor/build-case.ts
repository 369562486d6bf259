import { Random } from "../../src/core/random.js";
import { constant, input, mul, reduceSum, sizeOf, type Value } from "../../src/tensor/index.js";
import type { OpAttrs, OpName } from "../../src/tensor/types.js";
import { make } from "../../src/tensor/value.js";
import type { OpCase, Operand } from "./op-case.js";

export interface BuiltCase {
  /** The operation's result. */
  readonly value: Value;
  /** Its float operands, in order. */
  readonly variables: readonly Value[];
  readonly feeds: Readonly<Record<string, Float64Array>>;
}

/** A case's operands as inputs a, b, … with seeded data (exact in float32), and the operation on them. */
export function buildCase(op: OpName, { operands, attrs }: OpCase<OpAttrs[OpName]>): BuiltCase {
  const feeds: Record<string, Float64Array> = {};
  const inputs = operands.map((operand, i) => {
    const name = String.fromCharCode(97 + i);
    feeds[name] = elements(operand, i);
    const isIndex = "indices" in operand;
    return input(name, "shape" in operand ? operand.shape : operand, isIndex ? "int32" : "float32");
  });
  const variables = inputs.filter((value) => value.type.dtype === "float32");
  return { value: make(op, attrs, inputs), variables, feeds };
}

/** A scalar in which every element of `values` has its own weight, so that no two errors cancel. */
export function weightedSum(values: readonly Value[], seed: number): Value {
  const random = Random.of(seed, "weights");
  return values
    .map(({ type: { shape } }, i) => {
      const weights = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(0.5, 1.5));
      return reduceSum(mul(values[i]!, constant(weights, shape)));
    })
    .reduce((sum, term) => make("add", {}, [sum, term]));
}

function elements(operand: Operand, i: number): Float64Array {
  if ("indices" in operand) return Float64Array.from(operand.indices);
  if ("data" in operand) return Float64Array.from(operand.data);
  const [low, high] = "range" in operand ? operand.range : [-1, 1];
  const random = Random.of(7, i);
  const length = sizeOf("shape" in operand ? operand.shape : operand);
  return Float64Array.from(Float32Array.from({ length }, () => random.uniform(low, high)));
}
