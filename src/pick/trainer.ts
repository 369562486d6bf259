import type { ComputeRuntime, HostTensor } from "../core/ports.js";
import { Random } from "../core/random.js";
import { PICKER_STRIDE } from "../nn/picker.js";
import { initialValues } from "../nn/scope.js";
import { adamFeeds, sizeOf, Training, type TrainingState } from "../tensor/index.js";
import { averageName } from "../translate/gan/step.js";
import type { Resumption, TrainingMachine } from "../translate/gan/trainer.js";
import { type PickerOptions, pickerLearningRate } from "./options.js";
import { type PickerStep, pickerStep, UNLABELLED_CELLS } from "./step.js";
import { labelledCells } from "./target.js";
import { drawBatch, type PickerBatch, type PickerTrainingSet } from "./training-data.js";

/** What a picker's training hands out while it runs; each call is awaited. */
export interface PickerListener {
  /** A line of metrics.jsonl. */
  step(metrics: PickerMetrics): Promise<void>;
  /** The state after `step`: everything that is needed to continue. Also called when the training is interrupted. */
  checkpoint(step: number, state: TrainingState): Promise<void>;
}

export interface PickerMetrics {
  readonly step: number;
  /** `loss`, and `expectedCount` where labels are incomplete. */
  readonly losses: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface PickerPlan {
  readonly options: PickerOptions;
  /** Steps between checkpoints. */
  readonly every: number;
  /** Weights to begin with, where a trained picker is tuned; they fit the options. */
  readonly start?: TrainingState;
}

/**
 * Trains a picker from the seed or from a trained one's weights, or goes on where an earlier run stopped: the result is then
 * that of an uninterrupted training, bit for bit on the same device.
 *
 * @returns parameters, Adam's moments and the moving average: `p`, `m:p`, `v:p`, `average:p`
 * @throws the signal's reason when aborted, after a last checkpoint
 */
export async function trainPicker<DeviceTensor>(
  machine: TrainingMachine<DeviceTensor>,
  set: PickerTrainingSet,
  { options, every, start }: PickerPlan,
  listener: PickerListener,
  from?: Resumption,
): Promise<TrainingState> {
  const { runtime, signal, now } = machine;
  const share = options.expectedParticles === null ? undefined : await unlabelledShare(set, options);
  const graph = pickerStep(options, share);
  const training = await openTraining(graph, runtime, from?.state ?? firstState(graph, options.seed, start));
  let saved = from?.step ?? 0;
  let step = saved;
  try {
    while (step < options.steps && !signal.aborted) {
      step++;
      const began = now();
      const batch = await drawBatch(set, options, step);
      const learningRate = pickerLearningRate(options, step);
      const outputs = await training.run({
        ...(share === undefined ? labelledFeeds(batch, options) : incompleteFeeds(batch, options, step)),
        ...adamFeeds("picker", learningRate, step),
        // as long as there are few steps to average over, the first ones must not weigh for ever
        averageDecay: float([Math.min(options.average, step / (step + 9))], [1]),
      });
      const losses = Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0]!]));
      await listener.step({ step, losses, learningRate, seconds: (now() - began) / 1000 });
      if (step % every === 0 || step === options.steps) {
        await listener.checkpoint(step, await training.save());
        saved = step;
      }
    }
    const state = await training.save();
    if (saved < step) await listener.checkpoint(step, state);
    signal.throwIfAborted();
    return state;
  } finally {
    await training.close();
  }
}

/** The weights to pick with, out of a training's state: the moving average. */
export function pickerParameters(state: TrainingState): TrainingState {
  const parameters = new Map<string, Float32Array>();
  for (const name of state.keys()) {
    const average = state.get(averageName(name));
    if (average) parameters.set(name, average);
  }
  return parameters;
}

const openTraining = <DeviceTensor>(
  graph: PickerStep,
  runtime: ComputeRuntime<DeviceTensor>,
  state: TrainingState,
): Promise<Training<DeviceTensor>> => Training.open(runtime, graph, state);

/** Parameters drawn from the seed or given, moments at zero. */
function firstState({ parameters }: PickerStep, seed: number, start?: TrainingState): TrainingState {
  const state = new Map<string, Float32Array>();
  for (const spec of parameters) {
    const values = start?.get(spec.name) ?? initialValues(spec, seed);
    state.set(spec.name, values);
    state.set(averageName(spec.name), values);
    state.set(`m:${spec.name}`, new Float32Array(sizeOf(spec.shape)));
    state.set(`v:${spec.name}`, new Float32Array(sizeOf(spec.shape)));
  }
  return state;
}

const float = (values: ArrayLike<number>, dims: readonly number[]): HostTensor => ({
  dtype: "float32",
  dims,
  data: values instanceof Float32Array ? values : Float32Array.from(values),
});

/** A batch as the step's graph wants it; the weights of the loss add up to 1. */
function labelledFeeds({ images, target, weight }: PickerBatch, options: PickerOptions) {
  const { batch, crop } = options;
  const cells = [batch, 1, crop / PICKER_STRIDE, crop / PICKER_STRIDE];
  const total = weight.reduce((sum, each) => sum + each, 0);
  return {
    images: float(images, [batch, 1, crop, crop]),
    target: float(target, cells),
    weight: float(total > 0 ? weight.map((each) => each / total) : weight, cells),
  };
}

/** A cell whose target is at least this counts as a labelled particle where labels are incomplete. */
const LABELLED = 0.5;
/** Cells whose target would be at least this are what a particle is expected to light up: scores are smooth. */
const LIT = 0.2;

/** Labelled cells enter the cross-entropy as certain; of the others some are drawn to be counted. */
function incompleteFeeds({ images, target, weight }: PickerBatch, options: PickerOptions, step: number) {
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
