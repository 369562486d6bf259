import { ShapeError } from "../core/errors.js";
import type { HostTensor } from "../core/ports.js";
import {
  add,
  clip,
  div,
  input,
  mul,
  reduceSum,
  sameShape,
  sqrt,
  square,
  sub,
  type Value,
} from "../tensor/index.js";
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
  /** The longest gradient that is taken as it is, see `limited`; 0, the default: every gradient is. */
  readonly gradientLimit?: number;
}

/** The numbers of Adam that change from step to step, as inputs of shape [1]: see `adamScalars`. */
export interface AdamScalars {
  readonly stepSize: Value;
  readonly stepEpsilon: Value;
  /** Where gradients are limited: see `limited`. */
  readonly limit?: { readonly ratio: Value; readonly free: Value };
}

/** The inputs, whose names begin with `${name}:`, to be fed with `adamFeeds`. */
export const adamInputs = (name: string, { gradientLimit = 0 }: AdamSettings = {}): AdamScalars => ({
  stepSize: input(`${name}:stepSize`, [1]),
  stepEpsilon: input(`${name}:stepEpsilon`, [1]),
  ...(gradientLimit > 0 && {
    limit: { ratio: input(`${name}:limitRatio`, [1]), free: input(`${name}:limitFree`, [1]) },
  }),
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

/**
 * What to feed for a limit of gradients at step t (from 1). The first step has none before it to be compared with, and is free.
 *
 * @param gradientLimit times the root mean square of a gradient's length in the steps before
 */
export function limitScalars(
  gradientLimit: number,
  t: number,
  { beta2 = 0.999 }: AdamSettings = {},
): { limitRatio: number; limitFree: number } {
  if (t === 1) return { limitRatio: 0, limitFree: 1e9 };
  return { limitRatio: gradientLimit * Math.sqrt((1 - beta2) / (1 - beta2 ** (t - 1))), limitFree: 0 };
}

/** What to feed for `adamInputs(name)` at step t, see `adamScalars`. */
export function adamFeeds(
  name: string,
  learningRate: number,
  t: number,
  settings: AdamSettings = {},
): Record<string, HostTensor> {
  const { gradientLimit = 0 } = settings;
  const scalars = {
    ...adamScalars(learningRate, t, settings),
    ...(gradientLimit > 0 && limitScalars(gradientLimit, t, settings)),
  };
  const feeds = Object.entries(scalars).map(
    ([scalar, value]) => [`${name}:${scalar}`, floatTensor(Float32Array.of(value))] as const,
  );
  return Object.fromEntries(feeds);
}

/**
 * One step of Adam (Kingma & Ba 2015) as operations. The stored moments are the sums M = beta1 M + g and
 * V = beta2 V + g², i.e. those of the paper divided by (1 - beta1) and (1 - beta2).
 */
export function adam(
  { parameter, firstMoment, secondMoment }: AdamState,
  gradient: Value,
  { stepSize, stepEpsilon, limit }: AdamScalars,
  { beta1 = 0.9, beta2 = 0.999 }: AdamSettings = {},
): AdamState {
  const { shape } = parameter.type;
  for (const value of [firstMoment, secondMoment, gradient]) {
    if (!sameShape(value.type.shape, shape))
      throw new ShapeError("adam", value.type.shape, `the parameter's [${shape}]`);
  }
  const taken = limit ? limited(gradient, secondMoment, limit) : gradient;
  const first = add(mul(firstMoment, beta1), taken);
  const second = add(mul(secondMoment, beta2), square(taken));
  const change = mul(stepSize, div(first, add(sqrt(second), stepEpsilon)));
  return { parameter: sub(parameter, change), firstMoment: first, secondMoment: second };
}

/**
 * A gradient that is shortened where it is longer than `ratio` times the root mean square of its length in the steps before, which the
 * second moment remembers: g min(1, (ratio sqrt(sum V) + free) / |g|). At a high learning rate a loss may rise a hundredfold within a
 * few steps once gradients have become small, as Adam's second moment then underestimates them (Wortsman et al. 2023, arXiv
 * 2304.13013), and both moments keep such a step for long. A limit for each tensor by its own history follows Wang et al. 2025 (AdaGC,
 * arXiv 2502.11034).
 */
function limited(
  gradient: Value,
  secondMoment: Value,
  { ratio, free }: NonNullable<AdamScalars["limit"]>,
): Value {
  const most = add(mul(sqrt(reduceSum(secondMoment)), ratio), free);
  const length = sqrt(reduceSum(square(gradient)));
  return mul(gradient, clip(div(most, add(length, TINY)), 0, 1));
}

/** What keeps the share of a gradient of length 0 a number. */
const TINY = 1e-20;

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
