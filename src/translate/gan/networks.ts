import type { GeneratorOptions } from "../../nn/generator.js";
import type { ParameterSpec } from "../../nn/scope.js";
import { reduceMean, sqrt, square, stopGradient, sub, type Value } from "../../tensor/index.js";
import type { AdamSettings } from "../../train/adam.js";
import type { StepPhase } from "../../train/phase.js";
import type { ContrastOptions } from "./contrast/contrast.js";
import type { Discriminator, DiscriminatorOptions } from "./discriminators.js";
import { discriminatorLoss, generatorLoss } from "./loss.js";

/** The networks and losses of a GAN's training. */
export interface StepOptions {
  /** Side of the square crops; a multiple of the generator's strides. */
  readonly crop: number;
  readonly generator: GeneratorOptions;
  readonly discriminator: DiscriminatorOptions;
  /** Absent: no contrastive loss. */
  readonly contrast?: ContrastOptions;
  /** CycleGAN's second generator, from real to simulated; absent: one generator. */
  readonly cycle?: CycleOptions;
  /** Of all networks. */
  readonly adam: AdamSettings;
  /** Whether a moving average of the generator is kept beside it. */
  readonly averaged: boolean;
}

export interface CycleOptions {
  /** Weight of both cycle losses. */
  readonly weight: number;
  /** Weight of both identity losses, relative to that of the cycle losses; 0: there are none. */
  readonly identity: number;
  /** Images that a pool of translated ones holds; 0: the discriminators see the latest only. */
  readonly pool: number;
}

/** A training step, and the parameters of its networks. */
export interface TranslationStep {
  readonly phases: readonly StepPhase[];
  /** Of the generator that is kept. */
  readonly generator: readonly ParameterSpec[];
  readonly discriminator: readonly ParameterSpec[];
  /** Of the contrastive loss. */
  readonly heads: readonly ParameterSpec[];
  /** Of the generator in the other direction. */
  readonly backward: readonly ParameterSpec[];
  /** Sides of the feature maps that a patchwise contrastive loss compares, for its positions. */
  readonly maps: readonly number[];
}

/** All parameters of a step. */
export const parametersOfStep = (step: TranslationStep): readonly ParameterSpec[] => [
  ...step.generator,
  ...step.backward,
  ...step.discriminator,
  ...step.heads,
];

/** A discriminator's own loss, and what it says of the translated crop. */
export interface Judgement {
  readonly specs: readonly ParameterSpec[];
  readonly loss: Value;
  readonly outputs: Readonly<Record<string, Value>>;
  /** The generator's loss. */
  readonly gan: Value;
}

/** @param seen the translated crop that the discriminator learns from, where it is not the latest */
export function judge(
  { name, scope, judge }: Discriminator,
  real: Value,
  fake: Value,
  seen: Value = stopGradient(fake),
): Judgement {
  const judging = judge(scope);
  const loss = discriminatorLoss(judging(real), judging(seen));
  return {
    specs: scope.parameters,
    loss: loss.total,
    outputs: { [`${name}Real`]: loss.real, [`${name}Fake`]: loss.fake },
    gan: generatorLoss(judging(fake)),
  };
}

/** Parameters by name, as an optimiser takes them. */
export const byName = (specs: readonly ParameterSpec[]): Record<string, Value> =>
  Object.fromEntries(specs.map(({ name, value }) => [name, value]));

/** Standard deviation over all elements. */
export const deviation = (x: Value): Value => sqrt(reduceMean(square(sub(x, reduceMean(x)))));
