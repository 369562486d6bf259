import { topologicalOrder } from "../order.js";
import type { ConvolutionAttrs } from "../types.js";
import type { Value } from "../value.js";
import { isFasterByWinograd, winogradConv2d } from "../winograd.js";
import { invertedActivations } from "./recompute.js";

/** The same outputs, computed by the operations that are fastest on a device and keep the least memory. */
export function lower(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const order = topologicalOrder(Object.values(outputs));
  const inverted = invertedActivations(order);
  const lowered = new Map<Value, Value>();
  const lowerValue = (value: Value): Value => {
    const known = lowered.get(value);
    if (known) return known;
    // a normalised image goes forward through a reshape: products with it belong to its gradient
    const read = (input: Value): Value => (value.op === "mul" && inverted.get(input)) || input;
    const inputs = value.inputs.map((input) => lowerValue(read(input)));
    const isSame = inputs.every((input, i) => input === value.inputs[i]);
    const copy: Value = isSame ? value : { ...value, inputs };
    const result = value.op === "conv2d" ? lowerConvolution(copy as Value<"conv2d">) : copy;
    lowered.set(value, result);
    return result;
  };
  for (const value of order) lowerValue(value);
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, lowered.get(value)!]));
}

function lowerConvolution(value: Value<"conv2d">): Value {
  const [x, weights, bias] = value.inputs as [Value, Value, Value?];
  const attrs: ConvolutionAttrs = value.attrs;
  if (bias || !isFasterByWinograd(x, weights.type.shape, attrs)) return value;
  const original = turnedWeights(weights);
  return original ? winogradConv2d(x, original, attrs, true) : winogradConv2d(x, weights, attrs);
}

/** What the weights were before they were turned for a gradient, if they were. */
function turnedWeights(weights: Value): Value | undefined {
  const [exchanged] = weights.inputs;
  if (weights.op !== "reverse" || exchanged?.op !== "transpose") return undefined;
  const isTurned =
    String((weights as Value<"reverse">).attrs.axes) === "2,3" &&
    String((exchanged as Value<"transpose">).attrs.perm) === "1,0,2,3";
  return isTurned ? exchanged.inputs[0] : undefined;
}
