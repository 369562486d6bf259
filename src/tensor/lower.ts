import { topologicalOrder } from "./order.js";
import type { ConvolutionAttrs } from "./types.js";
import type { Value } from "./value.js";
import { isFasterByWinograd, winogradConv2d } from "./winograd.js";

/** The same outputs, computed by the operations that are fastest on a device. */
export function lower(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const lowered = new Map<Value, Value>();
  for (const value of topologicalOrder(Object.values(outputs))) {
    const inputs = value.inputs.map((input) => lowered.get(input)!);
    const isSame = inputs.every((input, i) => input === value.inputs[i]);
    const copy: Value = isSame ? value : { ...value, inputs };
    lowered.set(value, value.op === "conv2d" ? lowerConvolution(copy as Value<"conv2d">) : copy);
  }
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
