import { OptionError } from "../../core/errors.js";
import type { ExtractorRange } from "../../evaluate/realism/extractor.js";
import { resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { type EvaluateOptions, evaluateOptions } from "./options.js";

export type { EvaluateOptions } from "./options.js";

/** Where the micrographs of one set come from. */
export type MicrographSource =
  /** A dataset, or a folder of micrographs. */
  | { readonly name: string; readonly folder: string }
  | { readonly name: string; readonly paths: readonly string[] };

/** A scoring as decided from its options, before any file is read. */
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
  /** Where fresh classifiers are to tell the sets apart too. */
  readonly classifier?: ClassifierPlan;
  /** A network in whose features the sets are compared too. */
  readonly extractor?: ExtractorPlan;
}

/** A network of the user's, and how it is used. */
export interface ExtractorPlan {
  /** ONNX. */
  readonly model: string;
  readonly range: ExtractorRange;
  /** Pixels; absent: what the model takes. */
  readonly patch?: number;
  /** On either side of a comparison. */
  readonly patches: number;
}

/** How classifiers are trained. */
export interface ClassifierPlan {
  /** Side of a patch, pixels. */
  readonly patch: number;
  readonly steps: number;
  /** Classifiers for each comparison. */
  readonly seeds: number;
}

/** Halvings of a patch by the classifier make its side a multiple of this. */
const CLASSIFIER_MULTIPLE = 32;

/** Tiles of spectra are quartered and halved: their side in pixels is a multiple of this. */
const TILE_MULTIPLE = 8;

/**
 * Decides a scoring from its options.
 *
 * @param members of each set in `synthetic` its micrographs, where they are known already, as those of a glob; else the set is a folder:
 *   a dataset, or micrographs
 * @throws OptionError for an option out of its range, and for a set that is given twice
 */
export function planRealism(
  given: EvaluateOptions,
  members: readonly (readonly string[] | undefined)[] = [],
): RealismPlan {
  const options = resolveOptions(evaluateOptions, given);
  const { real, synthetic, out, realMasks, pixelSize, patch, tile, seed } = options;
  if (tile !== undefined && tile % TILE_MULTIPLE !== 0) {
    throw new OptionError("tile", `found ${tile}, expected a multiple of ${TILE_MULTIPLE}`);
  }
  for (const name of ["extractorRange", "extractorPatch", "extractorPatches"] as const) {
    if (given[name] !== undefined && options.extractor === undefined) {
      throw new OptionError(name, "found without `extractor`, expected both");
    }
  }
  const names = namesOf(synthetic, "synthetic");
  return {
    ...{ real, out, seed },
    synthetic: synthetic.map((folder, i): MicrographSource => {
      const paths = members[i];
      return paths ? { name: names[i]!, paths } : { name: names[i]!, folder };
    }),
    ...(realMasks !== undefined && { realMasks }),
    ...(pixelSize !== undefined && { pixelSize }),
    ...(patch !== undefined && { patch }),
    ...(tile !== undefined && { tile }),
    ...(options.classifier && { classifier: classifierPlan(options) }),
    ...(options.extractor !== undefined && {
      extractor: {
        ...{ model: options.extractor, range: options.extractorRange, patches: options.extractorPatches },
        ...(options.extractorPatch !== undefined && { patch: options.extractorPatch }),
      },
    }),
  };
}

function classifierPlan({
  classifierPatch: patch,
  classifierSteps: steps,
  classifierSeeds: seeds,
}: ResolvedOptions<typeof evaluateOptions>): ClassifierPlan {
  if (patch % CLASSIFIER_MULTIPLE !== 0) {
    throw new OptionError("classifierPatch", `found ${patch}, expected a multiple of ${CLASSIFIER_MULTIPLE}`);
  }
  return { patch, steps, seeds };
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
