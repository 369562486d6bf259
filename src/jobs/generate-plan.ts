import { integerInRange } from "../core/check.js";
import type { StorageMode } from "../dataset/images.js";

/** What a user may ask of `generate`. */
export interface GenerateOptions {
  /** Model folder that `train` wrote, or a model file. */
  readonly model: string;
  /** Dataset that `simulate` wrote, without noise. */
  readonly simulated: string;
  readonly out: string;
  readonly mode?: StorageMode;
  readonly seed?: number;
}

export type GeneratePlan = Required<GenerateOptions>;

/** @throws DomainError for a seed outside its range */
export function planGeneration(options: GenerateOptions): GeneratePlan {
  const { model, simulated, out, mode = "float32", seed = 1 } = options;
  return { model, simulated, out, mode, seed: integerInRange("--seed", seed, 0, Number.MAX_SAFE_INTEGER) };
}
