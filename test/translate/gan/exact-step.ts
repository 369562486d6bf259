import type { ParameterSpec } from "../../../src/nn/scope.js";
import { interpret, sizeOf } from "../../../src/tensor/index.js";
import { adamScalars } from "../../../src/train/adam.js";
import { fuse, type StepPhase } from "../../../src/train/phase.js";
import { updatesInGraph } from "../../../src/train/update.js";
import { wave } from "../../helpers/reference-numbers.js";

export type Numbers = Record<string, ArrayLike<number>>;

/**
 * Adam's scalars in the first step, and the parameters and moments that the references begin with.
 *
 * @param names in the order in which the reference numbers them
 */
export function firstFeeds(
  specs: readonly ParameterSpec[],
  names: readonly string[],
  { rate, beta1 }: { readonly rate: number; readonly beta1: number },
): Numbers {
  const feeds: Numbers = {};
  for (const [name, share] of [
    ["generator", 1],
    ["discriminator", 0.5],
  ] as const) {
    const { stepSize, stepEpsilon } = adamScalars(share * rate, 1, { beta1 });
    Object.assign(feeds, { [`${name}:stepSize`]: [stepSize], [`${name}:stepEpsilon`]: [stepEpsilon] });
  }
  for (const { name, shape } of specs) {
    feeds[name] = wave(sizeOf(shape), 1.3 * names.indexOf(name), 0.3);
    feeds[`m:${name}`] = feeds[`v:${name}`] = new Float64Array(sizeOf(shape));
  }
  return feeds;
}

/** A step in double precision: its outputs by name, gradients as `gradient:NAME`, and what comes of its state as `next:NAME`. */
export function exactStep(phases: readonly StepPhase[], feeds: Numbers) {
  const { outputs, carried, updates } = fuse(phases);
  const all = [...phases.slice(0, -1).flatMap((phase) => phase.updates), ...updates];
  const wanted = {
    ...outputs,
    ...Object.fromEntries(all.map(({ parameter, gradient }) => [`gradient:${parameter}`, gradient])),
    ...Object.fromEntries(
      [...carried, ...updatesInGraph(updates)].map(({ name, next }) => [`next:${name}`, next]),
    ),
  };
  return { outputs, results: interpret(wanted, feeds) };
}
