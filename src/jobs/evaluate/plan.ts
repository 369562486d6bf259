import { OptionError, UsageError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import { DATASET, inside } from "../../dataset/layout.js";
import { resolveOptions } from "../shared/options/check.js";
import { type RealismOptions, realismOptions } from "./options.js";

/** Where the micrographs of one set come from. */
export type MicrographSource =
  | { readonly name: string; readonly dataset: string }
  | { readonly name: string; readonly paths: readonly string[] };

/** An evaluation of realism with its sets found. */
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

/** What finds the sets on a machine. */
interface SetFinder {
  readonly files: Files;
  /** The images meant by files, folders and globs. */
  readonly expand: (paths: readonly string[]) => Promise<readonly string[]>;
}

/**
 * Decides an evaluation from its options, and finds out what each set is.
 *
 * @throws OptionError for an option out of its range or a set given twice, UsageError for an unfinished dataset, FileError
 */
export async function planRealism(given: RealismOptions, machine: SetFinder): Promise<RealismPlan> {
  const { real, synthetic, workers: _, ...options } = resolveOptions(realismOptions, given);
  if (options.tile !== undefined && options.tile % 8 !== 0) {
    throw new OptionError("tile", `found ${options.tile}, expected a multiple of 8`);
  }
  const names = namesOf(synthetic, "synthetic");
  return {
    ...options,
    real: await machine.expand(real),
    synthetic: await Promise.all(synthetic.map((path, i) => sourceOf(path, names[i]!, machine))),
  };
}

async function sourceOf(path: string, name: string, { files, expand }: SetFinder): Promise<MicrographSource> {
  if (await files.exists(inside(path, DATASET.manifest))) return { name, dataset: path };
  if (await files.exists(inside(path, DATASET.job))) {
    throw new UsageError(`${path}: found an unfinished dataset: run the command that makes it again`);
  }
  return { name, paths: await expand([path]) };
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
 * Names for several sets: the last part of each path, or as much of its end as tells them apart.
 *
 * @param option that the paths were given by
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
