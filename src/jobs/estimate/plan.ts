import { OptionError } from "../../core/errors.js";
import { type CtfFitOptions, fitBand } from "../../estimate/ctf-fit.js";
import type { Optics } from "../../physics/optics/optics.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { checkedByFormula } from "../shared/options/refusal.js";
import { DIAMETER_FOR_NOISE, type EstimateOptions, estimateOptions } from "./options.js";

export type { EstimateOptions } from "./options.js";

/** What each micrograph is measured by. */
export interface EstimateSettings {
  readonly optics: Optics;
  readonly fit: CtfFitOptions;
  readonly particleDiameter: number;
  readonly countsParticles: boolean;
  readonly iceGroups: number;
}

/** An estimation decided as far as that needs no file. */
export interface EstimatePlan {
  readonly out: string;
  readonly micrographs: readonly {
    readonly path: string /** Of the files made of it. */;
    readonly stem: string;
  }[];
  readonly settings: EstimateSettings;
  /** What estimates.json records of the options. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Decides an estimation from its options.
 *
 * @throws OptionError for an option out of its range, for options that clash, and for micrographs of one name
 */
export function planEstimate(given: EstimateOptions): EstimatePlan {
  const options = resolveOptions(estimateOptions, given);
  const { pixelSize, voltage, cs, amplitudeContrast, fitMin, fitMax, defocusRange, phaseShift } = options;
  if (defocusRange[0] === defocusRange[1]) {
    throw new OptionError("defocusRange", `found ${defocusRange}, expected the lower first and a higher`);
  }
  const fit = {
    ...(fitMin !== undefined && { fitMin }),
    ...(fitMax !== undefined && { fitMax }),
    ...{ defocusRange, phaseShift },
  };
  checkedByFormula(() => fitBand(pixelSize, fit));
  const micrographs = options.micrographs.map((path) => ({ path, stem: stemOf(path) }));
  refuseSameNames(micrographs);
  return {
    out: options.out,
    micrographs,
    settings: {
      optics: { pixelSize, voltage, sphericalAberration: cs, amplitudeContrast },
      fit,
      particleDiameter: options.particleDiameter ?? DIAMETER_FOR_NOISE,
      countsParticles: options.particleDiameter !== undefined,
      iceGroups: options.iceGroups,
    },
    record: recordOf(estimateOptions, options),
  };
}

/** A file's name without folder and ending. */
const stemOf = (path: string): string => path.replace(/^.*[\\/]/, "").replace(/\.[^.]+$/, "");

/** Refuses a set in which two micrographs would overwrite each other's files. @throws OptionError */
export function refuseSameNames(
  micrographs: readonly { readonly path: string; readonly stem: string }[],
): void {
  const seen = new Map<string, string>();
  for (const { path, stem } of micrographs) {
    const other = seen.get(stem);
    if (other !== undefined)
      throw new OptionError("micrographs", `found ${other} and ${path}, expected different names`);
    seen.set(stem, path);
  }
}
