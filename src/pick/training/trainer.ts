import type { HostTensor } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { PICKER_STRIDE } from "../../nn/picker.js";
import { adamFeeds, learningRateAt } from "../../train/adam.js";
import { averageFeeds } from "../../train/average.js";
import { type Feeds, floatTensor } from "../../train/feeds.js";
import {
  type Resumption,
  runTraining,
  type TrainingListener,
  type TrainingMachine,
} from "../../train/loop.js";
import { firstState, type TrainingState } from "../../train/state.js";
import type { PickerOptions } from "../options.js";
import { drawBatch, type PickerBatch, type PickerTrainingSet } from "./data.js";
import { pickerStep, UNLABELLED_CELLS } from "./step.js";
import { labelledCells } from "./target.js";

/** The cross-entropy of a training that goes well stays below 1; at a learning rate of 1 it was 5000. */
const LOSS_BOUND = 100;

export interface PickerPlan {
  readonly options: PickerOptions;
  /** Steps between milestones. */
  readonly every: number;
  /** Weights to begin with, where a trained picker is tuned; they fit the options. */
  readonly start?: TrainingState;
}

/**
 * Trains a picker from the seed or from a trained one's weights, or goes on where an earlier run stopped: the result is then
 * that of an uninterrupted training, bit for bit on the same device. A batch is one example.
 *
 * @returns parameters, Adam's moments and moving averages; `averagedParameters` of them are the weights to pick with
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainPicker<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  set: PickerTrainingSet,
  { options, every, start }: PickerPlan,
  listener: TrainingListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { steps, seed, average } = options;
  const share = options.expectedParticles === null ? undefined : await unlabelledShare(set, options);
  const { phases, parameters } = pickerStep(options, share);
  const learningRate = (step: number): number => learningRateAt(options, step);
  return runTraining(
    machine,
    {
      phases,
      start: firstState(parameters, seed, start),
      ...{ steps, every, examples: 1, learningRate, bounds: { loss: LOSS_BOUND } },
      async feeds(step) {
        const batch = await drawBatch(set, options, step);
        const isComplete = share === undefined;
        return {
          examples: [isComplete ? labelledFeeds(batch, options) : incompleteFeeds(batch, options, step)],
          shared: { ...adamFeeds("picker", learningRate(step), step), ...averageFeeds(average, step) },
        };
      },
    },
    listener,
    from,
  );
}

/** A batch as the step's graph wants it; the weights of the loss add up to 1. */
function labelledFeeds({ images, target, weight }: PickerBatch, options: PickerOptions): Feeds {
  const { batch, crop } = options;
  const cells = [batch, 1, crop / PICKER_STRIDE, crop / PICKER_STRIDE];
  const total = weight.reduce((sum, each) => sum + each, 0);
  return {
    images: floatTensor(images, [batch, 1, crop, crop]),
    target: floatTensor(target, cells),
    weight: floatTensor(total > 0 ? weight.map((each) => each / total) : weight, cells),
  };
}

/** A cell whose target is at least this counts as a labelled particle where labels are incomplete. */
const LABELLED = 0.5;
/** Cells whose target would be at least this are what a particle is expected to light up: scores are smooth. */
const LIT = 0.2;

/** Labelled cells enter the cross-entropy as certain; of the others some are drawn to be counted. */
function incompleteFeeds(
  { images, target, weight }: PickerBatch,
  options: PickerOptions,
  step: number,
): Feeds {
  const random = Random.of(options.seed, "picker unlabelled", step);
  const certain = target.map((each) => (each >= LABELLED ? 1 : 0));
  const known = weight.map((each, i) => (each > 0 && certain[i] === 1 ? 1 : 0));
  const others: number[] = [];
  target.forEach((each, i) => {
    if (weight[i]! > 0 && each < LABELLED) others.push(i);
  });
  const drawn = Int32Array.from(
    { length: UNLABELLED_CELLS },
    () => others[random.integer(others.length)] ?? 0,
  );
  return {
    ...labelledFeeds({ images, target: certain, weight: known }, options),
    unlabelled: { dtype: "int32", dims: [UNLABELLED_CELLS], data: drawn } satisfies HostTensor,
  };
}

/**
 * Share of unlabelled cells that lie at a particle's centre: particles expected but not labelled, times the cells that a label
 * covers, over the cells without a label. At least one in a thousand, so that labels may well be complete.
 */
async function unlabelledShare(set: PickerTrainingSet, options: PickerOptions): Promise<number> {
  const cellsEach = labelledCells(options.workingDiameter, LIT);
  let labels = 0;
  let cells = 0;
  for (let i = 0; i < set.labelled.count; i++) {
    const { image, centres } = await set.labelled.load(i);
    labels += centres.length;
    cells += (image.shape[0] * image.shape[1]) / PICKER_STRIDE ** 2;
  }
  const missing = Math.max(0, options.expectedParticles! * set.labelled.count - labels);
  const share = (missing * cellsEach) / Math.max(1, cells - labels * cellsEach);
  return Math.min(0.5, Math.max(1e-3, share));
}
