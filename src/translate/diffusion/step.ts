import { denoiser } from "../../nn/denoiser.js";
import { type ParameterSpec, Scope } from "../../nn/scope.js";
import { add, input, mul, reduceMean, square, sub, type Value } from "../../tensor/index.js";
import { adamInputs } from "../../train/adam.js";
import { withAverages } from "../../train/average.js";
import type { StepPhase } from "../../train/phase.js";
import { optimise } from "../../train/update.js";

/** The two models: of simulated micrographs with their noise, and of real ones. */
export const DIFFUSION_MODELS = ["source", "target"] as const;
export type DiffusionModel = (typeof DIFFUSION_MODELS)[number];

export interface DiffusionStep {
  readonly phases: readonly StepPhase[];
  readonly parameters: readonly ParameterSpec[];
}

/**
 * One step of two diffusion models that know nothing of each other (Ho et al. 2020): each is to tell the noise e in
 * sqrt(a) x + sqrt(1 - a) e, mean square error.
 *
 * Inputs of each MODEL: `MODEL:image`, `MODEL:noise` [1, 1, crop, crop], `MODEL:signal` sqrt(a) and `MODEL:strength` sqrt(1 - a) [1],
 * `MODEL:time` [1, width]; `adamInputs` of "denoiser"; `averageFeeds` where averages are kept; the state.
 */
export function diffusionStep({
  crop,
  width,
  averaged,
}: {
  readonly crop: number;
  readonly width: number;
  readonly averaged: boolean;
}): DiffusionStep {
  const outputs: Record<string, Value> = {};
  const parameters: ParameterSpec[] = [];
  for (const name of DIFFUSION_MODELS) {
    const scope = Scope.root(name);
    const predict = denoiser(scope, { width });
    const [image, noise] = ["image", "noise"].map((of) => input(`${name}:${of}`, [1, 1, crop, crop]));
    const [signal, strength] = ["signal", "strength"].map((of) => input(`${name}:${of}`, [1]));
    const noised = add(mul(image!, signal!), mul(noise!, strength!));
    outputs[name] = reduceMean(square(sub(predict(noised, input(`${name}:time`, [1, width])), noise!)));
    parameters.push(...scope.parameters);
  }
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const loss = Object.values(outputs).reduce((sum, each) => add(sum, each));
  const updates = optimise(loss, values, adamInputs("denoiser"));
  return {
    phases: [{ outputs, updates: averaged ? withAverages(updates, parameters) : updates }],
    parameters,
  };
}
