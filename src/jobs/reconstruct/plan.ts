import { DomainError, OptionError } from "../../core/errors.js";
import type { RotationMatrix } from "../../core/rotation.js";
import { symmetryOperators } from "../../core/symmetry.js";
import { resolveOptions } from "../shared/options/check.js";
import { type ReconstructOptions, type ResolvedReconstructOptions, reconstructOptions } from "./options.js";

/** A reconstruction as decided from its options, before any file is read. */
export interface ReconstructPlan extends Omit<ResolvedReconstructOptions, "half"> {
  /** The only half set to reconstruct. */
  readonly half?: 1 | 2;
  readonly operators: readonly RotationMatrix[];
}

/** Decides a reconstruction from its options. @throws OptionError for an option out of its range, or options that clash */
export function planReconstruction(given: ReconstructOptions): ReconstructPlan {
  const { half, ...options } = resolveOptions(reconstructOptions, given);
  if (half !== undefined && options.halves !== undefined) {
    throw new OptionError("halves", "found beside `half`, expected one of them");
  }
  if (options.mtfPixelSize !== undefined && options.mtf === undefined) {
    throw new OptionError("mtfPixelSize", "found without `mtf`, expected the file that it belongs to");
  }
  if (options.mask !== undefined && options.byNumber === undefined) {
    throw new OptionError("mask", "found without `byNumber`, expected both: maps are written unmasked");
  }
  if (options.byNumber !== undefined && (half !== undefined || options.halves === false)) {
    throw new OptionError("byNumber", "found without both half maps, expected `halves`");
  }
  return {
    ...options,
    // without half sets there is nothing to compare
    ...(options.byNumber !== undefined && { halves: true }),
    ...(half !== undefined && { half: half === "1" ? 1 : 2 }),
    operators: operatorsOf(options.symmetry),
  };
}

function operatorsOf(symmetry: string): readonly RotationMatrix[] {
  try {
    return symmetryOperators(symmetry);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new OptionError("symmetry", error.message.replace(/^symmetry: /, ""));
  }
}
