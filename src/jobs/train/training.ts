import { FormatError } from "../../core/errors.js";
import type { ComputeRuntime, JobContext, Workers } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import type { FitSet } from "../../translate/fit/fit-set.js";
import { fitInnovations } from "../../translate/fit/innovations.js";
import { colouredSeed, matchedSeed, whiteSeed, withUnevenness } from "../../translate/fit/seed.js";
import { decodeModel, type Model, type ModelDescription } from "../../translate/model.js";
import type { NoiseSeed } from "../../translate/noise/seed.js";
import type { Trend } from "../../translate/noise/trend.js";
import { MODEL, readArrays } from "../shared/model-files.js";
import { needsSpectrum, type TrainPlan } from "./plan.js";
import type { OpenedTrainingSet, TrainingInputs } from "./set.js";

/** What a training receives beside its plan. */
export interface TrainContext extends JobContext {
  /** As "cryogem 0.1.0": recorded in the model. */
  readonly program: string;
  /** Opened only if the translator has a network. */
  readonly runtime: () => Promise<ComputeRuntime>;
  /** Make the data of coming steps while one is computed; absent: it is made between steps. */
  readonly workers?: Workers;
}

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

/** White noise of the kinds that are given no SNR. */
const DEFAULT_SNR = 0.1;

/** The noise seed of a training: white, or coloured as the real micrographs have it. */
export async function fitSeed({ plan, fit }: OpenTraining): Promise<NoiseSeed> {
  const { snr, calibrate, seed, noise, unevenness } = plan.options;
  const white = !needsSpectrum(plan);
  if (plan.translator !== "cryogem") {
    return white ? whiteSeed(fit, snr ?? DEFAULT_SNR) : colouredSeed(fit, snr);
  }
  const even = white
    ? whiteSeed(fit, snr ?? DEFAULT_SNR)
    : await (noise === "matched" ? matchedSeed : colouredSeed)(fit, snr);
  const fitted = unevenness ? withUnevenness(fit, even, seed) : even;
  return calibrate ? fitInnovations(fit, fitted, seed) : fitted;
}

/** The checkpoint of a folder, or nothing where there is none. @throws FormatError */
export async function readCheckpoint({ files }: JobContext, { out }: TrainPlan): Promise<Model | undefined> {
  const path = inside(out, MODEL.checkpoint);
  if (!(await files.exists(path))) return undefined;
  const checkpoint = decodeModel(await readArrays(files, path), path);
  if (!checkpoint.record.options) throw new FormatError(path, "options", "none", "those of a network");
  return checkpoint;
}
