import { OptionError } from "../../core/errors.js";
import type { TranslatorName } from "../../translate/model.js";
import { type CryogemOptions, resolveOptions as resolvePreset } from "../../translate/options.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import type { ResolvedOptions } from "../shared/options/option.js";
import { networkOnlyOptions, type TrainOptions, trainOptions } from "./options.js";

export type { TrainOptions } from "./options.js";

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
  /** What training.json records of the options, and of what follows from them. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Electrons per square angstrom. */
const DOSE = 40;
/** Samples and checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 20;

/**
 * Decides a training from its options, without touching a file.
 *
 * @throws OptionError for an option out of its range, and for options that clash
 */
export function planTraining(given: TrainOptions): TrainPlan {
  const asked = resolveOptions(trainOptions, given);
  const { translator, real, simulated, estimates, out, dose = DOSE, every, resume } = asked;
  refuseIdle(asked);
  const options = resolvePreset(asked.preset ?? "fast", asked.seed, chosenOf(asked));
  return {
    ...{ translator, real, simulated, estimates, out, options, dose, resume },
    every: every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    record: { ...recordOf(trainOptions, asked), ...options, dose },
  };
}

type Asked = ResolvedOptions<typeof trainOptions>;

/** Refuses options that would do nothing. */
function refuseIdle({ translator, ...asked }: Asked): void {
  const given = namesOf(networkOnlyOptions).find((name) => asked[name] !== undefined);
  if (translator !== "cryogem" && given) {
    throw new OptionError(given, `found \`translator\` ${translator}, expected cryogem with it`);
  }
  if (asked.dose !== undefined && !translator.startsWith("poisson")) {
    throw new OptionError(
      "dose",
      `found \`translator\` ${translator}, expected poisson or poisson-gaussian with it`,
    );
  }
}

/** What is asked of the network, by the names of its record. */
function chosenOf(asked: Asked): Parameters<typeof resolvePreset>[2] {
  const { discriminators, learningRate, snr } = asked;
  const own = namesOf(networkOnlyOptions).filter((name) => name !== "preset" && name !== "every");
  return {
    ...Object.fromEntries(own.map((name) => [name, asked[name]])),
    ...(discriminators !== undefined && { discriminators: discriminators === 1 ? 1 : 2 }),
    // one rate for all networks
    ...{ discriminatorLearningRate: learningRate, snr },
  };
}

const namesOf = <Set extends object>(set: Set): (keyof Set)[] => Object.keys(set) as (keyof Set)[];

/** Whether the translator's noise follows a measured spectrum. */
export const needsSpectrum = ({ translator, options }: TrainPlan): boolean =>
  translator === "coloured-gaussian" || (translator === "cryogem" && options.noise !== "white");
