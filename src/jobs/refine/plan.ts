import { OptionError } from "../../core/errors.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { type RefineOptions, type ResolvedRefineOptions, refineOptions } from "./options.js";

/** A refinement as decided from its options, before any file is read. */
export interface RefinePlan extends ResolvedRefineOptions {
  /** As RELION writes it. */
  readonly symmetry: string;
}

/** Decides a refinement from its options. @throws OptionError for an option out of its range, or files that would be written over */
export function planRefinement(given: RefineOptions): RefinePlan {
  const options = resolveOptions(refineOptions, given);
  const symmetry = options.symmetry.trim().toUpperCase();
  checkedByFormula(() => symmetryOperators(symmetry));
  for (const name of ["particles", "reference", "mask"] as const) {
    if (options[name] === options.out)
      throw new OptionError("out", `found that of \`${name}\`, expected a folder`);
  }
  if (options.poses !== undefined && options.givenPoses) {
    throw new OptionError("poses", "found with `givenPoses`, expected one of them");
  }
  return { ...options, symmetry };
}
