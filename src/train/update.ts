import { add, grad, input, mul, type Shape, sub, type Value } from "../tensor/index.js";
import { type AdamScalars, type AdamSettings, adam } from "./adam.js";
import { averageName, momentNames } from "./state.js";

/** A tensor carried from one run of a graph to the next: fed as the input `name`, then replaced by `next`. */
export interface CarriedTensor {
  readonly name: string;
  readonly next: Value;
  /**
   * True if the old value enters nothing but operations whose results `next` waits for (optimiser's moments), or nothing at all: it
   * is then overwritten where it lies. Parameters are read until the end of a run and need false.
   */
  readonly inPlace: boolean;
}

/** One step of Adam on one parameter. */
export interface Update {
  /** State tensor; its moments are `m:<parameter>` and `v:<parameter>`. */
  readonly parameter: string;
  /** The parameter as the graph reads it: the input of that name. */
  readonly value: Value;
  readonly gradient: Value;
  readonly scalars: AdamScalars;
  readonly beta1: number;
  readonly beta2: number;
  /** Of its moving average `average:<parameter>`, where one is kept: an input of shape [1]. */
  readonly decay?: Value;
}

/**
 * One step of Adam on every parameter, for a loss.
 *
 * @param parameters inputs of the graph by their names
 */
export function optimise(
  loss: Value,
  parameters: Readonly<Record<string, Value>>,
  scalars: AdamScalars,
  { beta1 = 0.9, beta2 = 0.999 }: AdamSettings = {},
): Update[] {
  const gradients = grad(loss, Object.values(parameters));
  return Object.keys(parameters).map((parameter, i) => ({
    ...{ parameter, value: parameters[parameter]!, gradient: gradients[i]!, scalars, beta1, beta2 },
  }));
}

/** The updates as operations: parameters with their moments, then moving averages. */
export function updatesInGraph(updates: readonly Update[]): CarriedTensor[] {
  const carried: CarriedTensor[] = [];
  const averages: CarriedTensor[] = [];
  for (const { parameter, value, gradient, scalars, beta1, beta2, decay } of updates) {
    const { shape } = gradient.type;
    const [m, v] = momentNames(parameter);
    const before = {
      ...{ parameter: value, firstMoment: input(m, shape), secondMoment: input(v, shape) },
    };
    const after = adam(before, gradient, scalars, { beta1, beta2 });
    carried.push(
      { name: parameter, next: after.parameter, inPlace: false },
      { name: m, next: after.firstMoment, inPlace: true },
      { name: v, next: after.secondMoment, inPlace: true },
    );
    if (!decay) continue;
    const name = averageName(parameter);
    const next = add(mul(input(name, shape), decay), mul(after.parameter, sub(1, decay)));
    averages.push({ name, next, inPlace: true });
  }
  return [...carried, ...averages];
}

/** The tensors that updates read and change, in the order of `updatesInGraph`: what a checkpoint holds. */
export function stateOf(updates: readonly Update[]): { readonly name: string; readonly shape: Shape }[] {
  const own = updates.flatMap(({ parameter, gradient }) =>
    [parameter, ...momentNames(parameter)].map((name) => ({ name, shape: gradient.type.shape })),
  );
  const averages = updates
    .filter(({ decay }) => decay)
    .map(({ parameter, gradient }) => ({ name: averageName(parameter), shape: gradient.type.shape }));
  return [...own, ...averages];
}
