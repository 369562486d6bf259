import { leakyRelu } from "../elementwise.js";
import { reshape, unshaped } from "../layout.js";
import type { Value } from "../value.js";

/**
 * Values that backward passes need but forward passes need not keep: what went into a leaky ReLU is told by what came out of it,
 * which the next layer keeps anyway (Rota Bulò et al., CVPR 2018, "In-Place Activated BatchNorm"). The gradient of a
 * normalisation that a leaky ReLU follows reads its result from there; it differs by the rounding of one multiplication.
 *
 * @param order inputs before what uses them
 * @returns for a normalisation the same values from the leaky ReLU after it
 */
export function invertedActivations(order: readonly Value[]): ReadonlyMap<Value, Value> {
  const inverted = new Map<Value, Value>();
  for (const activated of order) {
    if (activated.op !== "leakyRelu") continue;
    const before = unshaped(activated.inputs[0]!);
    const { alpha } = (activated as Value<"leakyRelu">).attrs;
    if (before.op !== "layerNorm" || alpha <= 0) continue;
    inverted.set(before, reshape(leakyRelu(activated, 1 / alpha), before.type.shape));
  }
  return inverted;
}
