import { namedByStem } from "../shared/micrographs/stems.js";
import { resolveOptions } from "../shared/options/check.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import { type BinOptions, binCommand, binOptions } from "./options.js";

/** A binning as decided from its options, before any file is read. */
export interface BinPlan {
  readonly assignment: Assignment;
  readonly micrographs: readonly { readonly path: string; readonly stem: string }[];
  readonly out: string;
  /** Angstrom; absent: from the headers. */
  readonly pixelSize: number | undefined;
  /** Angstrom. */
  readonly to: number;
}

/** Decides a binning from its options. @throws OptionError for an option out of its range, and for micrographs of one name */
export function planBin(given: BinOptions): BinPlan {
  const { micrographs, out, pixelSize, to } = resolveOptions(binOptions, given);
  const assignment = assignmentOf(binCommand, given);
  return { assignment, micrographs: namedByStem(micrographs), out, pixelSize, to };
}
