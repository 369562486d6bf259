import { FormatError } from "../core/errors.js";
import { initialValues, type ParameterSpec } from "../nn/scope.js";
import { type Shape, sizeOf } from "../tensor/index.js";

/** Values of state tensors by name: parameters, Adam's moments, moving averages. What a checkpoint holds. */
export type TrainingState = ReadonlyMap<string, Float32Array>;

/** Where a training's first values come from: a state, or what makes each tensor when it is asked for, and holds none. */
export type StateSource = Pick<TrainingState, "get">;

/** A tensor of the state. */
export interface StateTensor {
  readonly name: string;
  readonly shape: Shape;
}

/** State tensors of a parameter: Adam's first and second moment. */
export const momentNames = (parameter: string): [first: string, second: string] => [
  `m:${parameter}`,
  `v:${parameter}`,
];

/** State tensor of a parameter's moving average. */
export const averageName = (parameter: string): string => `average:${parameter}`;

/** A parameter's gradient, summed over the examples of a step; no part of the state. */
export const gradientName = (parameter: string): string => `gradient:${parameter}`;

/** The values of a tensor. @throws FormatError if they are missing or of another size */
export function valuesOf(source: StateSource, name: string, shape: Shape): Float32Array {
  const values = source.get(name);
  if (values?.length === sizeOf(shape)) return values;
  throw new FormatError("training state", name, values?.length ?? "nothing", `${sizeOf(shape)} numbers`);
}

/**
 * The state before the first step: parameters drawn from the seed, as their moving averages are; moments and other tensors at zero.
 *
 * @param given parameters that are not drawn, as of a network trained before
 * @param others tensors of the state that belong to no parameter
 */
export function firstState(
  specs: readonly ParameterSpec[],
  seed: number,
  given: StateSource = new Map(),
  others: readonly StateTensor[] = [],
): StateSource {
  const makers = new Map<string, () => Float32Array>();
  for (const spec of specs) {
    const { name, shape } = spec;
    const first = (): Float32Array => given.get(name) ?? initialValues(spec, seed);
    makers.set(name, first).set(averageName(name), first);
    for (const moment of momentNames(name)) makers.set(moment, () => new Float32Array(sizeOf(shape)));
  }
  for (const { name, shape } of others) makers.set(name, () => new Float32Array(sizeOf(shape)));
  return { get: (name) => makers.get(name)?.() };
}
