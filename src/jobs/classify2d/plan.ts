import { OptionError } from "../../core/errors.js";
import { resolveOptions } from "../shared/options/check.js";
import { type Classify2dOptions, classify2dOptions, type ResolvedClassify2dOptions } from "./options.js";

/** A classification as decided from its options, before any file is read. */
export type Classify2dPlan = ResolvedClassify2dOptions;

/** Decides a classification from its options. @throws OptionError for an option out of its range, or a file that would be written over */
export function planClassification(given: Classify2dOptions): Classify2dPlan {
  const options = resolveOptions(classify2dOptions, given);
  if (options.particles === options.out) {
    throw new OptionError("out", "found that of `particles`, expected a folder");
  }
  return options;
}
