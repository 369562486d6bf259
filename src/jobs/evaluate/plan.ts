import { OptionError } from "../../core/errors.js";

/** Where the micrographs of one set come from. */
export type MicrographSource =
  | { readonly name: string; readonly dataset: string }
  | { readonly name: string; readonly paths: readonly string[] };

/** What `evaluate realism` was asked for. */
export interface RealismPlan {
  readonly real: readonly string[];
  readonly synthetic: readonly MicrographSource[];
  /** Folder of PNG masks of the particles in the real micrographs, under the micrographs' names. */
  readonly realMasks?: string;
  readonly out: string;
  /** Angstrom; from the real micrographs' headers when absent. */
  readonly pixelSize?: number;
  /** Pixels. */
  readonly patch?: number;
  readonly tile?: number;
  readonly seed: number;
}

/** Files that `evaluate realism` writes into its folder. */
export const REALISM_FILES = {
  result: "realism.json",
  scores: "realism.csv",
  spectra: "spectra.csv",
  table: "realism.txt",
  figures: {
    scores: "scores.svg",
    spectra: "spectra.svg",
    mean: "local-mean.svg",
    variance: "local-variance.svg",
    skewness: "local-skewness.svg",
    kurtosis: "local-kurtosis.svg",
  },
} as const;

/**
 * Names for several sets of an option: the last part of each path, or as much of its end as tells them apart.
 *
 * @throws OptionError where two paths are the same
 */
export function namesOf(paths: readonly string[], option: string): readonly string[] {
  const parts = paths.map((path) => path.split("/").filter((part) => part !== "" && part !== "."));
  const deepest = Math.max(0, ...parts.map((each) => each.length));
  for (let depth = 1; depth <= deepest; depth++) {
    const names = parts.map((each) => each.slice(-depth).join("/"));
    if (new Set(names).size === names.length) return names;
  }
  if (paths.length === 0) return [];
  throw new OptionError(option, `found the same twice (${paths.join(", ")}), expected different ones`);
}
