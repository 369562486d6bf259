import type { HostTensor } from "../core/ports.js";
import type { ParameterSpec } from "../nn/scope.js";
import { input } from "../tensor/index.js";
import { floatTensor } from "./feeds.js";
import { averageName, type TrainingState } from "./state.js";
import type { Update } from "./update.js";

const DECAY = "averageDecay";

/**
 * Updates that also keep moving averages of the parameters named: average = decay average + (1 - decay) parameter. The decay is
 * an input, see `averageFeeds`.
 */
export function withAverages(updates: readonly Update[], specs: readonly ParameterSpec[]): Update[] {
  const averaged = new Set(specs.map(({ name }) => name));
  const decay = input(DECAY, [1]);
  return updates.map((update) => (averaged.has(update.parameter) ? { ...update, decay } : update));
}

/**
 * The decay at a step (from 1), lower in the first ones: as long as there are few steps to average over, the parameters as they
 * were drawn must not weigh for ever. Step t's own share is then at least 9 / (t + 9).
 */
export const warmDecay = (decay: number, step: number): number => Math.min(decay, step / (step + 9));

/** What to feed for the averages' decay at a step (from 1). */
export const averageFeeds = (decay: number, step: number): Record<string, HostTensor> => ({
  [DECAY]: floatTensor(Float32Array.of(warmDecay(decay, step))),
});

/** The parameters of which a state holds moving averages, averaged. */
export function averagedParameters(state: TrainingState): TrainingState {
  const parameters = new Map<string, Float32Array>();
  for (const name of state.keys()) {
    const average = state.get(averageName(name));
    if (average) parameters.set(name, average);
  }
  return parameters;
}
