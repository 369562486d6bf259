import { DomainError, OptionError } from "../../core/errors.js";
import { type CtfFitOptions, fitBand } from "../../estimate/ctf/ctf-fit.js";
import type { Optics } from "../../physics/optics/optics.js";
import { type NamedMicrograph, namedByStem } from "../shared/micrographs/stems.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { type Assignment, assignmentOf } from "../shared/share.js";
import { DIAMETER_FOR_NOISE, type EstimateOptions, estimateCommand, estimateOptions } from "./options.js";

export type { EstimateOptions } from "./options.js";

/** What each micrograph is measured by. */
export interface EstimateSettings {
  readonly optics: Optics;
  readonly fit: CtfFitOptions;
  readonly particleDiameter: number;
  readonly countsParticles: boolean;
  readonly iceGroups: number;
}

/** An estimation as decided from its options, before any file is read. */
export interface EstimatePlan {
  readonly assignment: Assignment;
  readonly out: string;
  readonly micrographs: readonly NamedMicrograph[];
  /** CTFs that another program fitted. */
  readonly ctf?: string;
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
  refuseBand(pixelSize, fit);
  return {
    assignment: assignmentOf(estimateCommand, given),
    out: options.out,
    micrographs: namedByStem(options.micrographs),
    ...(options.ctf !== undefined && { ctf: options.ctf }),
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

/** Refuses frequencies that leave nothing to fit. The fit itself calls its limits by the options' names. */
function refuseBand(pixelSize: number, fit: CtfFitOptions): void {
  try {
    fitBand(pixelSize, fit);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new OptionError(error.quantity, error.message.slice(`${error.quantity}: `.length));
  }
}
