import { ShapeError, UsageError } from "../../core/errors.js";
import { add } from "../elementwise.js";
import { topologicalOrder } from "../order.js";
import { sumTo } from "../reduce.js";
import type { OpName } from "../types.js";
import { sameShape, sizeOf } from "../types.js";
import { constant, type Value } from "../value.js";
import { VJP } from "./vjp.js";

/**
 * The derivative of a loss of one element by each of `wrt`, as new nodes: a gradient is a Value like any other, so it
 * can enter further formulas.
 *
 * @throws ShapeError if the loss has more than one element; UsageError if it does not depend on one of `wrt`
 */
export function grad(loss: Value, wrt: readonly Value[]): Value[] {
  if (sizeOf(loss.type.shape) !== 1) throw new ShapeError("grad loss", loss.type.shape, "one element");
  const order = topologicalOrder([loss]);
  const relevant = dependents(order, new Set(wrt));
  const gradients = new Map<Value, Value>([[loss, constant(1, loss.type.shape)]]);
  for (const value of order.reverse()) {
    const dy = gradients.get(value);
    if (!dy || !value.inputs.some((input) => relevant.has(input))) continue;
    inputGradients(value, dy).forEach((gradient, i) => {
      const input = value.inputs[i]!;
      if (!gradient || !relevant.has(input)) return;
      const sum = gradients.get(input);
      gradients.set(input, sum ? add(sum, gradient) : gradient);
    });
  }
  return wrt.map((value) => {
    const gradient = relevant.has(value) ? gradients.get(value) : undefined;
    if (!gradient) throw new UsageError(`grad: the loss does not depend on ${describe(value)}`);
    return gradient;
  });
}

/** Operations that no gradient passes: what lies behind them need not be walked. */
const BLOCKING: ReadonlySet<OpName> = new Set(["stopGradient", "step", "cast"]);

/** The values on some path from `sources` along which a gradient can flow. */
function dependents(order: readonly Value[], sources: ReadonlySet<Value>): Set<Value> {
  const found = new Set<Value>();
  for (const value of order) {
    if (sources.has(value) || (!BLOCKING.has(value.op) && value.inputs.some((input) => found.has(input)))) {
      found.add(value);
    }
  }
  return found;
}

/** The rule of one node, its answers summed over broadcast axes and checked. */
function inputGradients<K extends OpName>(value: Value<K>, dy: Value): (Value | null)[] {
  const gradients = VJP[value.op](dy, value.inputs, value, value.attrs);
  if (gradients.length !== value.inputs.length) {
    throw new Error(`gradient of ${value.op}: ${gradients.length} answers for ${value.inputs.length} inputs`);
  }
  return gradients.map((gradient, i) => {
    if (!gradient) return null;
    const { shape } = value.inputs[i]!.type;
    const summed = sumTo(gradient, shape);
    if (!sameShape(summed.type.shape, shape)) {
      throw new ShapeError(`gradient ${i} of ${value.op}`, summed.type.shape, `[${shape}]`);
    }
    return summed;
  });
}

function describe(value: Value): string {
  const name = value.op === "input" ? ` '${(value as Value<"input">).attrs.name}'` : "";
  return `${value.op}${name} of shape [${value.type.shape}]`;
}
