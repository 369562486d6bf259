import { type AdamScalars, type AdamSettings, adam } from "./adam.js";
import type { LateUpdate } from "./adam-host.js";
import { stopGradient } from "./elementwise.js";
import { grad } from "./grad.js";
import type { StateTensor } from "./training.js";
import { input, type Value } from "./value.js";

/** Parameters after one step of an optimiser, and the state that the step changes. */
export interface Optimised {
  /** By name; no gradient flows back through them, so that a later loss of the same step may use them. */
  readonly parameters: Readonly<Record<string, Value>>;
  readonly gradients: Readonly<Record<string, Value>>;
  readonly state: readonly StateTensor[];
  /** The same as `state`, for a step that has no use for `parameters`. */
  readonly updates: readonly LateUpdate[];
}

/**
 * One step of Adam on every parameter, for a loss. Moments become inputs `m:<name>` and `v:<name>`.
 *
 * Several groups may follow one another in one graph, as in a GAN: optimise the discriminator for its loss, build it
 * again on `parameters`, and optimise the generator for what that improved discriminator says.
 *
 * @param parameters inputs of the graph by their names
 */
export function optimise(
  loss: Value,
  parameters: Readonly<Record<string, Value>>,
  scalars: AdamScalars,
  settings: AdamSettings = {},
): Optimised {
  const names = Object.keys(parameters);
  const gradients = grad(loss, Object.values(parameters));
  const { beta1 = 0.9, beta2 = 0.999 } = settings;
  const state: StateTensor[] = [];
  const next: Record<string, Value> = {};
  names.forEach((name, i) => {
    const parameter = parameters[name]!;
    const [m, v] = [`m:${name}`, `v:${name}`];
    const { shape } = parameter.type;
    const before = { parameter, firstMoment: input(m, shape), secondMoment: input(v, shape) };
    const after = adam(before, gradients[i]!, scalars, settings);
    next[name] = stopGradient(after.parameter);
    state.push(
      { name, next: after.parameter, inPlace: false },
      { name: m, next: after.firstMoment, inPlace: true },
      { name: v, next: after.secondMoment, inPlace: true },
    );
  });
  return {
    parameters: next,
    gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
    state,
    updates: names.map((parameter, i) => ({ parameter, gradient: gradients[i]!, scalars, beta1, beta2 })),
  };
}
