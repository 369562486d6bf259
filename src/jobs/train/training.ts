import {
  colouredField,
  matchedField,
  noField,
  whiteField,
  withUnevenness,
} from "../../translate/fit/field.js";
import type { FitSet } from "../../translate/fit/fit-set.js";
import { fitInnovations } from "../../translate/fit/innovations.js";
import type { ModelDescription } from "../../translate/model.js";
import type { NoiseField } from "../../translate/noise/field.js";
import type { Trend } from "../../translate/noise/trend.js";
import { isNetworkTranslator } from "../../translate/presets.js";
import { SNR } from "./options.js";
import { needsSpectrum, type TrainPlan } from "./plan.js";
import type { OpenedTrainingSet, TrainingInputs } from "./set.js";

/** A training under way: what `train` and `trainNetwork` share. */
export interface OpenTraining {
  readonly plan: TrainPlan;
  readonly opened: OpenedTrainingSet;
  /** What `opened` was opened from. */
  readonly inputs: TrainingInputs;
  readonly fit: FitSet;
  readonly description: ModelDescription;
  /** Of the real micrographs, where they were taken out. */
  readonly trends?: readonly Trend[];
}

/** The noise field of a training: white, or coloured as the real micrographs have it. */
export async function fitSeed({ plan, fit }: OpenTraining): Promise<NoiseField> {
  const { snr, calibrate, seed, noise, unevenness } = plan.options;
  const white = !needsSpectrum(plan);
  if (!isNetworkTranslator(plan.translator)) {
    return white ? whiteField(fit, snr ?? SNR) : colouredField(fit, snr);
  }
  if (noise === "none") return noField(fit);
  const even = white
    ? whiteField(fit, snr ?? SNR)
    : await (noise === "matched" ? matchedField : colouredField)(fit, snr);
  const fitted = unevenness ? withUnevenness(fit, even, seed) : even;
  return calibrate ? fitInnovations(fit, fitted, seed) : fitted;
}
