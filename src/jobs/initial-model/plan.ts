import { OptionError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import {
  type InitialModelOptions,
  initialModelOptions,
  type ResolvedInitialModelOptions,
} from "./options.js";

/** A search for a first map as decided from its options, before any file is read. */
export interface InitialModelPlan extends ResolvedInitialModelOptions {
  /** As RELION writes it. */
  readonly symmetry: string;
}

/**
 * Decides a search for a first map from its options.
 *
 * @throws OptionError for an option out of its range, or a file that would be written over
 */
export function planInitialModel(given: InitialModelOptions): InitialModelPlan {
  const options = resolveOptions(initialModelOptions, given);
  const symmetry = options.symmetry.trim().toUpperCase();
  checkedByFormula(() => symmetryOperators(symmetry));
  if (options.particles === options.out) {
    throw new OptionError("out", "found that of `particles`, expected a folder");
  }
  return { ...options, symmetry };
}
