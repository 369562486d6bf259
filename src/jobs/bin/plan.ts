import { namedByStem } from "../shared/micrographs/stems.js";
import { resolveOptions } from "../shared/options/check.js";
import { type BinOptions, binOptions } from "./options.js";

/** A binning decided as far as that needs no file. */
export interface BinPlan {
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
  return { micrographs: namedByStem(micrographs), out, pixelSize, to };
}
