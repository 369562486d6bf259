import { add, input, mul, substitute, unshaped, type Value } from "../tensor/index.js";
import { gradientName, type StateTensor } from "./state.js";
import { type CarriedTensor, type Update, updatesInGraph } from "./update.js";

/**
 * A part of a training step: what it computes, and the updates that are made when it has seen every example of the step. Later
 * phases read the parameters that earlier ones have updated, as in a GAN, where the generator learns from the improved
 * discriminator. Every parameter is updated by one phase.
 */
export interface StepPhase {
  /** Single numbers, as losses. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: readonly Update[];
  /** Other tensors of the state that an example changes, as a pool of images; they start at zero. */
  readonly carried?: readonly CarriedTensor[];
}

/**
 * The phases of a step over a single example as one phase, the last, with the updates of those before it within its graph: what
 * phases have in common is then computed once. `carried` holds the updates of all phases but the last as well, as operations.
 */
export function fuse(phases: readonly StepPhase[]): StepPhase & Required<Pick<StepPhase, "carried">> {
  const learned = new Map<string, Value>();
  const outputs: Record<string, Value> = {};
  const carried: CarriedTensor[] = [];
  let last: readonly Update[] = [];
  for (const [i, phase] of phases.entries()) {
    const renewed = renew(phase, learned);
    Object.assign(outputs, renewed.outputs);
    last = renewed.updates;
    carried.push(...(renewed.carried ?? []));
    if (i === phases.length - 1) break;
    const next = updatesInGraph(renewed.updates);
    for (const { name, next: value } of next) learned.set(name, value);
    carried.push(...next);
  }
  return { outputs, carried, updates: last };
}

/** A phase that reads what was learned in the place of its inputs. */
function renew(
  { outputs, updates, carried = [] }: StepPhase,
  learned: ReadonlyMap<string, Value>,
): StepPhase {
  const gradients = updates.map(({ parameter, gradient }) => [gradientName(parameter), gradient] as const);
  const others = carried.map(({ name, next }) => [`next:${name}`, next] as const);
  const renewed = substitute({ ...outputs, ...Object.fromEntries([...gradients, ...others]) }, learned);
  return {
    carried: carried.map((each) => ({ ...each, next: renewed[`next:${each.name}`]! })),
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

/** The tensors of the state that phases carry beside their parameters. */
export const carriedState = (phases: readonly StepPhase[]): readonly StateTensor[] =>
  phases.flatMap(({ carried = [] }) => carried.map(({ name, next }) => ({ name, shape: next.type.shape })));
