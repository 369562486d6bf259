import { add, input, mul, substitute, unshaped, type Value } from "../tensor/index.js";
import type { CarriedTensor } from "./held-tensors.js";
import { gradientName } from "./state.js";
import { type Update, updatesInGraph } from "./update.js";

/**
 * A part of a training step: what it computes, and the updates that are made when it has seen every example of the step. Later
 * phases read the parameters that earlier ones have updated, as in a GAN, where the generator learns from the improved
 * discriminator. Every parameter is updated by one phase.
 */
export interface StepPhase {
  /** Single numbers, as losses. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: readonly Update[];
}

/** Several phases as one graph. */
export interface FusedPhase extends StepPhase {
  /** The updates of all phases but the last, as operations. */
  readonly carried: readonly CarriedTensor[];
}

/**
 * The phases of a step over a single example as one phase, the last, with the updates of those before it within its graph: what
 * phases have in common is then computed once.
 */
export function fuse(phases: readonly StepPhase[]): FusedPhase {
  const learned = new Map<string, Value>();
  const outputs: Record<string, Value> = {};
  const carried: CarriedTensor[] = [];
  let last: readonly Update[] = [];
  for (const [i, phase] of phases.entries()) {
    const renewed = renew(phase, learned);
    Object.assign(outputs, renewed.outputs);
    last = renewed.updates;
    if (i === phases.length - 1) break;
    const next = updatesInGraph(renewed.updates);
    for (const { name, next: value } of next) learned.set(name, value);
    carried.push(...next);
  }
  return { outputs, carried, updates: last };
}

/** A phase that reads what was learned in the place of its inputs. */
function renew({ outputs, updates }: StepPhase, learned: ReadonlyMap<string, Value>): StepPhase {
  const gradients = updates.map(({ parameter, gradient }) => [gradientName(parameter), gradient] as const);
  const renewed = substitute({ ...outputs, ...Object.fromEntries(gradients) }, learned);
  return {
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, renewed[name]!])),
    updates: updates.map((update) => ({ ...update, gradient: renewed[gradientName(update.parameter)]! })),
  };
}

/** Input [1] of `summedGradients`: 0 for the first example of a step, 1 for the others. */
export const KEEP = "accumulation:keep";

/**
 * The gradients of one example, as they come about: a reshape before they leave the graph would copy them.
 */
export const rawGradients = (updates: readonly Update[]): CarriedTensor[] =>
  updates.map(({ parameter, gradient }) => ({
    ...{ name: gradientName(parameter), next: unshaped(gradient), inPlace: true },
  }));

/** Sums over the examples of a step of their gradients' shares in the mean. */
export function summedGradients(updates: readonly Update[], examples: number): CarriedTensor[] {
  const keep = input(KEEP, [1]);
  return rawGradients(updates).map(({ name, next, inPlace }) => {
    const sum = add(mul(input(name, next.type.shape), keep), mul(next, 1 / examples));
    return { name, next: sum, inPlace };
  });
}
