import { ShapeError } from "../core/errors.js";
import type { HostTensor } from "../core/ports.js";
import { add, div, input, mul, sameShape, sqrt, square, sub, type Value } from "../tensor/index.js";
import { floatTensor } from "./feeds.js";

/** One parameter tensor with its two running moments, all of one shape; moments start at zero. */
export interface AdamState {
  readonly parameter: Value;
  readonly firstMoment: Value;
  readonly secondMoment: Value;
}

export interface AdamSettings {
  /** Decay of the first moment; default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment; default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

/** The two numbers of Adam that change from step to step, as inputs of shape [1]: see `adamScalars`. */
export interface AdamScalars {
  readonly stepSize: Value;
  readonly stepEpsilon: Value;
}

/** Inputs `${name}:stepSize` and `${name}:stepEpsilon`, to be fed with `adamScalars`. */
export const adamInputs = (name: string): AdamScalars => ({
  stepSize: input(`${name}:stepSize`, [1]),
  stepEpsilon: input(`${name}:stepEpsilon`, [1]),
});

/**
 * What to feed at step t (from 1) for a learning rate. Adam's two bias corrections and the factors (1 - beta) of both
 * moments are folded into these two numbers, so that the tensors need ten operations instead of thirteen:
 *
 *   m = M / (1 - beta1^t) (1 - beta1),  v = V / (1 - beta2^t) (1 - beta2)   with the stored M, V of `adam`
 *   rate m / (sqrt(v) + epsilon) = stepSize M / (sqrt(V) + stepEpsilon)
 */
export function adamScalars(
  learningRate: number,
  t: number,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamSettings = {},
): { stepSize: number; stepEpsilon: number } {
  const first = (1 - beta1) / (1 - beta1 ** t);
  const second = Math.sqrt((1 - beta2) / (1 - beta2 ** t));
  return { stepSize: (learningRate * first) / second, stepEpsilon: epsilon / second };
}

/** What to feed for `adamInputs(name)` at step t, see `adamScalars`. */
export function adamFeeds(
  name: string,
  learningRate: number,
  t: number,
  settings: AdamSettings = {},
): Record<string, HostTensor> {
  const { stepSize, stepEpsilon } = adamScalars(learningRate, t, settings);
  const scalar = (value: number): HostTensor => floatTensor(Float32Array.of(value));
  return { [`${name}:stepSize`]: scalar(stepSize), [`${name}:stepEpsilon`]: scalar(stepEpsilon) };
}

/**
 * One step of Adam (Kingma & Ba 2015) as operations. The stored moments are the sums M = beta1 M + g and
 * V = beta2 V + g², i.e. those of the paper divided by (1 - beta1) and (1 - beta2).
 */
export function adam(
  { parameter, firstMoment, secondMoment }: AdamState,
  gradient: Value,
  { stepSize, stepEpsilon }: AdamScalars,
  { beta1 = 0.9, beta2 = 0.999 }: AdamSettings = {},
): AdamState {
  const { shape } = parameter.type;
  for (const value of [firstMoment, secondMoment, gradient]) {
    if (!sameShape(value.type.shape, shape))
      throw new ShapeError("adam", value.type.shape, `the parameter's [${shape}]`);
  }
  const first = add(mul(firstMoment, beta1), gradient);
  const second = add(mul(secondMoment, beta2), square(gradient));
  const change = mul(stepSize, div(first, add(sqrt(second), stepEpsilon)));
  return { parameter: sub(parameter, change), firstMoment: first, secondMoment: second };
}

/**
 * Learning rate at a step, from 1 to `steps`: rises over the first twentieth, then falls to zero as half a cosine.
 *
 * @param learningRate the highest
 */
export function learningRateAt(
  { learningRate, steps }: { readonly learningRate: number; readonly steps: number },
  step: number,
): number {
  const warm = Math.max(1, Math.round(steps / 20));
  if (step <= warm) return (learningRate * step) / warm;
  return (learningRate / 2) * (1 + Math.cos((Math.PI * (step - warm)) / (steps + 1 - warm)));
}
