import { inRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import { type CtfFitOptions, fitBand } from "../../estimate/ctf-fit.js";
import type { Optics } from "../../physics/optics/optics.js";

/** What a user may ask of `estimate`. */
export interface EstimateOptions {
  /** Files. */
  readonly micrographs: readonly string[];
  readonly out: string;
  /** Angstrom. */
  readonly pixelSize: number;
  /** kV. */
  readonly voltage: number;
  /** Spherical aberration, mm. */
  readonly cs: number;
  readonly amplitudeContrast?: number;
  /** Degrees. */
  readonly phaseShift?: number;
  /** Angstrom: frequencies of the CTF fit as resolutions. */
  readonly fitMin?: number;
  readonly fitMax?: number;
  /** Angstrom. */
  readonly defocusRange?: readonly [low: number, high: number];
  /** Angstrom; absent: particles are not counted. */
  readonly particleDiameter?: number;
  /** Groups of intensity of the ice. */
  readonly iceGroups?: number;
}

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
}

export const ESTIMATE_DEFAULTS = {
  amplitudeContrast: 0.1,
  phaseShift: 0,
  defocusRange: [5_000, 50_000],
  particleDiameter: 150,
  iceGroups: 7,
} as const;

/**
 * Decides an estimation from its options.
 *
 * @throws UsageError for micrographs of one name, DomainError for an option outside its range
 */
export function planEstimate(options: EstimateOptions): EstimatePlan {
  const d = ESTIMATE_DEFAULTS;
  if (options.micrographs.length === 0)
    throw new UsageError("--micrographs: found none, expected at least one");
  const optics = {
    pixelSize: inRange("--pixel-size", options.pixelSize, "angstrom", 0.1, 20),
    voltage: inRange("--voltage", options.voltage, "kV", 60, 400),
    sphericalAberration: inRange("--cs", options.cs, "mm", 0, 10),
    amplitudeContrast: inRange(
      "--amplitude-contrast",
      options.amplitudeContrast ?? d.amplitudeContrast,
      "",
      0,
      1,
    ),
  };
  const fit = {
    ...(options.fitMin !== undefined && { fitMin: options.fitMin }),
    ...(options.fitMax !== undefined && { fitMax: options.fitMax }),
    defocusRange: options.defocusRange ?? d.defocusRange,
    phaseShift: options.phaseShift ?? d.phaseShift,
  };
  fitBand(optics.pixelSize, fit);
  const micrographs = options.micrographs.map((path) => ({ path, stem: stemOf(path) }));
  refuseSameNames(micrographs);
  return {
    out: options.out,
    micrographs,
    settings: {
      optics,
      fit,
      particleDiameter: options.particleDiameter ?? d.particleDiameter,
      countsParticles: options.particleDiameter !== undefined,
      iceGroups: options.iceGroups ?? d.iceGroups,
    },
  };
}

/** A file's name without folder and ending. */
const stemOf = (path: string): string => path.replace(/^.*[\\/]/, "").replace(/\.[^.]+$/, "");

/** Refuses a set in which two micrographs would overwrite each other's files. @throws UsageError */
export function refuseSameNames(
  micrographs: readonly { readonly path: string; readonly stem: string }[],
): void {
  const seen = new Map<string, string>();
  for (const { path, stem } of micrographs) {
    const other = seen.get(stem);
    if (other !== undefined)
      throw new UsageError(`--micrographs: found ${other} and ${path}, expected different names`);
    seen.set(stem, path);
  }
}
