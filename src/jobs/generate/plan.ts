import { integerInRange } from "../../core/check.js";
import type { StorageMode } from "../../dataset/images.js";
import type { LabelForm } from "../../dataset/labels.js";

/** What a user may ask of `generate`. */
export interface GenerateOptions {
  /** Model folder that `train` wrote, or a model file. */
  readonly model: string;
  /** Dataset that `simulate` wrote, without noise. */
  readonly simulated: string;
  readonly out: string;
  readonly mode?: StorageMode;
  /** Further forms of the labels. */
  readonly labels?: readonly LabelForm[];
  readonly seed?: number;
}

export type GeneratePlan = Required<GenerateOptions>;

/** @throws DomainError for a seed outside its range */
export function planGeneration(options: GenerateOptions): GeneratePlan {
  const { model, simulated, out, mode = "float32", labels = [], seed = 1 } = options;
  integerInRange("--seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return { model, simulated, out, mode, labels, seed };
}
