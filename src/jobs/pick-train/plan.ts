import { OptionError, UsageError } from "../../core/errors.js";
import { PICKER_MULTIPLE } from "../../nn/picker.js";
import { PICKER_DEFAULTS, PICKER_TUNING } from "../../pick/defaults.js";
import type { PickerModel } from "../../pick/model.js";
import type { PickerOptions } from "../../pick/options.js";
import { recordOf, resolveOptions } from "../shared/options/check.js";
import { type PickTrainOptions, pickTrainOptions, type ResolvedPickTrainOptions } from "./options.js";

export type { PickTrainOptions } from "./options.js";

/** A picker's training as decided from its options, before any file but the model to start from is read. */
export interface PickTrainPlan {
  readonly datasets: readonly string[];
  readonly micrographs: readonly string[];
  readonly coordinates: readonly string[];
  readonly negatives: readonly string[];
  readonly pixelSize: number | undefined;
  readonly coordinatesPixelSize: number | undefined;
  readonly particleDiameter: number | undefined;
  readonly out: string;
  readonly from: PickerModel | undefined;
  readonly options: PickerOptions;
  readonly validation: number;
  readonly every: number;
  readonly resume: boolean;
  /** What training.json records of the options, and of what follows from them. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 10;

/**
 * Decides a training from its options.
 *
 * @param from the picker that `options.from` names
 * @throws OptionError for an option out of its range, and for options that clash; UsageError where nothing is to be learned from
 */
export function planPickTraining(given: PickTrainOptions, from?: PickerModel): PickTrainPlan {
  const asked = resolveOptions(pickTrainOptions, given);
  requireLabels(asked);
  const options = pickerOptionsOf(asked, from);
  return {
    datasets: asked.dataset ?? [],
    micrographs: asked.micrographs ?? [],
    coordinates: asked.coordinates ?? [],
    negatives: asked.negatives ?? [],
    pixelSize: asked.pixelSize,
    coordinatesPixelSize: asked.coordinatesPixelSize,
    particleDiameter: asked.particleDiameter,
    out: asked.out,
    from,
    options,
    validation: asked.validation,
    every: asked.every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    resume: asked.resume,
    record: { ...recordOf(pickTrainOptions, asked), ...options },
  };
}

function requireLabels(asked: ResolvedPickTrainOptions): void {
  const { dataset, micrographs, coordinates, coordinatesPixelSize, pixelSize } = asked;
  if (!dataset && !micrographs && !coordinates) {
    throw new UsageError(
      "pick train: found nothing to learn from, expected `dataset`, or `micrographs` and `coordinates`",
    );
  }
  if (!micrographs !== !coordinates) {
    const [found, missing] = micrographs ? ["micrographs", "coordinates"] : ["coordinates", "micrographs"];
    throw new OptionError(found!, `found without \`${missing}\`, expected both`);
  }
  if (coordinatesPixelSize !== undefined && pixelSize === undefined) {
    throw new OptionError("coordinatesPixelSize", "found without `pixelSize`, expected both");
  }
  if (!dataset && asked.particleDiameter === undefined && asked.from === undefined) {
    throw new OptionError("particleDiameter", "found none, expected it with `micrographs`");
  }
}

/** Options that shape the network, which a picker to start from has decided. */
const SHAPING = ["network", "width", "workingDiameter"] as const;

function pickerOptionsOf(asked: ResolvedPickTrainOptions, from: PickerModel | undefined): PickerOptions {
  const old = from?.record.options;
  for (const name of SHAPING) {
    if (old && asked[name] !== undefined && asked[name] !== old[name]) {
      throw new OptionError("from", `found a picker of \`${name}\` ${old[name]}, expected ${asked[name]}`);
    }
  }
  const start = {
    ...PICKER_DEFAULTS,
    ...(old && { network: old.network, width: old.width, workingDiameter: old.workingDiameter }),
    ...(old && PICKER_TUNING),
  };
  const crop = asked.crop ?? start.crop;
  if (crop % PICKER_MULTIPLE !== 0) {
    throw new OptionError("crop", `found ${crop}, expected a multiple of ${PICKER_MULTIPLE}`);
  }
  return {
    ...start,
    network: asked.network ?? start.network,
    width: asked.width ?? start.width,
    workingDiameter: asked.workingDiameter ?? start.workingDiameter,
    crop,
    batch: asked.batch ?? start.batch,
    steps: asked.steps ?? start.steps,
    learningRate: asked.learningRate ?? start.learningRate,
    augment: asked.augment,
    contaminants: asked.contaminants ?? start.contaminants,
    expectedParticles: asked.positiveUnlabelled ?? start.expectedParticles,
    seed: asked.seed,
  };
}
