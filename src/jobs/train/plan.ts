import { inRange, integerInRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import type { TranslatorName } from "../../translate/model.js";
import { type CryogemOptions, type Preset, resolveOptions } from "../../translate/options.js";

/** What a user may ask of `train`; absent means the preset's choice. */
export interface TrainOptions {
  readonly translator?: TranslatorName;
  /** Real micrographs: files. */
  readonly real: readonly string[];
  /** Folder that `simulate` wrote. */
  readonly simulated: string;
  /** Folder that `estimate` wrote on the real micrographs; absent: what is needed is measured. */
  readonly estimates?: string;
  readonly out: string;
  readonly preset?: Preset;
  readonly crop?: number;
  readonly ngf?: number;
  readonly ndf?: number;
  readonly depth?: number;
  readonly widest?: number;
  readonly discriminators?: 1 | 2;
  readonly average?: number;
  readonly calibrate?: boolean;
  readonly trends?: boolean;
  readonly unevenness?: boolean;
  readonly steps?: number;
  readonly accumulate?: number;
  readonly noise?: CryogemOptions["noise"];
  readonly upsampling?: CryogemOptions["upsampling"];
  readonly generator?: CryogemOptions["generator"];
  readonly nceVariant?: CryogemOptions["nceVariant"];
  readonly nceWeight?: number;
  readonly learningRate?: number;
  readonly snr?: number;
  /** Electrons per square angstrom, for the kinds that count electrons. */
  readonly dose?: number;
  /** Steps between samples and between checkpoints. */
  readonly every?: number;
  readonly seed?: number;
  readonly resume?: boolean;
}

/** A training decided as far as that needs no file. */
export interface TrainPlan {
  readonly translator: TranslatorName;
  readonly real: readonly string[];
  readonly simulated: string;
  readonly estimates: string | undefined;
  readonly out: string;
  /** Of the network; the kinds without one use its seed and SNR. */
  readonly options: CryogemOptions;
  readonly dose: number;
  readonly every: number;
  readonly resume: boolean;
}

const DEFAULT_DOSE = 40;
/** Samples and checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 20;

/** Options that a network's record holds under the same name. */
const OWN_OPTIONS = [
  "crop",
  "ngf",
  "ndf",
  "depth",
  "widest",
  "discriminators",
  "average",
  "calibrate",
  "trends",
  "unevenness",
  "steps",
  "accumulate",
  "noise",
  "upsampling",
  "generator",
  "nceVariant",
  "nceWeight",
  "learningRate",
] as const;
/** Options that only a network has. */
const NETWORK_OPTIONS = ["preset", ...OWN_OPTIONS, "every"] as const;

/**
 * Decides a training from its options, without touching a file.
 *
 * @throws UsageError for options that clash, DomainError for one outside its range
 */
export function planTraining(chosen: TrainOptions): TrainPlan {
  const translator = chosen.translator ?? "cryogem";
  if (translator !== "cryogem") {
    const given = NETWORK_OPTIONS.find((name) => chosen[name] !== undefined);
    if (given)
      throw new UsageError(`--${kebab(given)}: found --translator ${translator}, expected cryogem with it`);
  }
  if (chosen.dose !== undefined && !translator.startsWith("poisson")) {
    throw new UsageError(
      `--dose: found --translator ${translator}, expected poisson or poisson-gaussian with it`,
    );
  }
  const { preset = "fast", seed = 1 } = chosen;
  const options = resolveOptions(preset, integerInRange("--seed", seed, 0, Number.MAX_SAFE_INTEGER), {
    ...Object.fromEntries(OWN_OPTIONS.map((name) => [name, chosen[name]])),
    // one rate for all networks
    discriminatorLearningRate: chosen.learningRate,
    snr: chosen.snr,
  });
  return {
    translator,
    real: chosen.real,
    simulated: chosen.simulated,
    estimates: chosen.estimates,
    out: chosen.out,
    options,
    dose: inRange("--dose", chosen.dose ?? DEFAULT_DOSE, "electrons per square angstrom", 0.01, 1e4),
    every: chosen.every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    resume: chosen.resume ?? false,
  };
}

/** Whether the translator's noise follows a measured spectrum. */
export const needsSpectrum = ({ translator, options }: TrainPlan): boolean =>
  translator === "coloured-gaussian" || (translator === "cryogem" && options.noise !== "white");

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
