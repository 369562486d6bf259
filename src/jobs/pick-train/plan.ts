import { inRange, integerInRange } from "../../core/check.js";
import { UsageError } from "../../core/errors.js";
import type { PickerModel } from "../../pick/model.js";
import { PICKER_DEFAULTS, type PickerOptions, pickerOptions } from "../../pick/options.js";

/** What a user may ask of `pick train`; absent means the default. */
export interface PickTrainOptions {
  /** Datasets that `generate` or `simulate` wrote. */
  readonly dataset?: readonly string[];
  /** Labelled micrographs, files, and their coordinates, files. */
  readonly micrographs?: readonly string[];
  readonly coordinates?: readonly string[];
  /** Images without any particle. */
  readonly negatives?: readonly string[];
  /** Angstrom, of the micrographs; absent: from their headers. */
  readonly pixelSize?: number;
  /** Angstrom, of the coordinates; absent: the micrographs'. */
  readonly coordinatesPixelSize?: number;
  /** Angstrom; absent: each dataset's own, and for single micrographs that of the picker to start from. */
  readonly particleDiameter?: number;
  readonly out: string;
  /** Picker to start from. */
  readonly from?: string;
  readonly network?: PickerOptions["network"];
  readonly width?: number;
  readonly workingDiameter?: number;
  readonly crop?: number;
  readonly batch?: number;
  readonly steps?: number;
  readonly learningRate?: number;
  readonly augment?: boolean;
  readonly contaminants?: number;
  /** Particles expected on a micrograph, where labels are incomplete. */
  readonly positiveUnlabelled?: number;
  /** Share of the labelled micrographs that are kept for validation. */
  readonly validation?: number;
  readonly every?: number;
  readonly seed?: number;
  readonly resume?: boolean;
}

/** A picker's training decided as far as that needs no file but the model to start from. */
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
}

/** Of a picker that is tuned: it knows most already. */
const TUNING = { steps: 200, learningRate: 5e-4 } as const;
const VALIDATION = 0.1;
/** Checkpoints that a training makes unless told otherwise. */
const CHECKPOINTS = 10;

/**
 * Decides a training from its options.
 *
 * @param from the picker that `options.from` names
 * @throws UsageError for options that clash, DomainError for one outside its range
 */
export function planPickTraining(chosen: PickTrainOptions, from?: PickerModel): PickTrainPlan {
  const { dataset = [], micrographs = [], coordinates = [], negatives = [] } = chosen;
  requireLabels(chosen);
  const options = resolveOptions(chosen, from);
  return {
    datasets: dataset,
    micrographs,
    coordinates,
    negatives,
    pixelSize: chosen.pixelSize,
    coordinatesPixelSize: chosen.coordinatesPixelSize,
    particleDiameter: chosen.particleDiameter,
    out: chosen.out,
    from,
    options,
    validation: inRange("--validation", chosen.validation ?? VALIDATION, "", 0, 0.9),
    every: chosen.every ?? Math.max(1, Math.round(options.steps / CHECKPOINTS)),
    resume: chosen.resume ?? false,
  };
}

function requireLabels({
  coordinatesPixelSize,
  pixelSize,
  dataset,
  micrographs,
  coordinates,
  particleDiameter,
  from,
}: PickTrainOptions): void {
  if (!dataset?.length && !micrographs?.length) {
    throw new UsageError(
      "pick train: found nothing to learn from, expected --dataset, or --micrographs and --coordinates",
    );
  }
  if (!micrographs?.length !== !coordinates?.length) {
    const [found, missing] = micrographs?.length
      ? ["micrographs", "coordinates"]
      : ["coordinates", "micrographs"];
    throw new UsageError(`--${found}: found without --${missing}, expected both`);
  }
  if (coordinatesPixelSize !== undefined && pixelSize === undefined) {
    throw new UsageError("--coordinates-pixel-size: found without --pixel-size, expected both");
  }
  if (!dataset?.length && particleDiameter === undefined && from === undefined) {
    throw new UsageError("--particle-diameter: found none, expected it with --micrographs");
  }
}

/** Options that shape the network, which a picker to start from has decided. */
const SHAPING = ["network", "width", "workingDiameter"] as const;

function resolveOptions(chosen: PickTrainOptions, from: PickerModel | undefined): PickerOptions {
  const old = from?.record.options;
  for (const name of SHAPING) {
    if (old && chosen[name] !== undefined && chosen[name] !== old[name]) {
      throw new UsageError(
        `--from: found a picker of ${name} ${old[name]}, expected ${chosen[name]} as asked for`,
      );
    }
  }
  const asked = {
    network: chosen.network,
    width: chosen.width,
    workingDiameter: chosen.workingDiameter,
    crop: chosen.crop,
    batch: chosen.batch,
    steps: chosen.steps,
    learningRate: chosen.learningRate,
    augment: chosen.augment,
    contaminants: chosen.contaminants,
    expectedParticles: chosen.positiveUnlabelled,
  };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const seed = integerInRange("--seed", chosen.seed ?? 1, 0, Number.MAX_SAFE_INTEGER);
  const shape = old && { network: old.network, width: old.width, workingDiameter: old.workingDiameter };
  const merged = { ...PICKER_DEFAULTS, ...(old && { ...shape, ...TUNING }), ...given, seed };
  const parsed = pickerOptions.safeParse(merged);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UsageError(`pick train: ${issue.path.join(".")}: ${issue.message}`);
}
