import { FileError, OptionError, UsageError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { Random } from "../../core/random.js";
import { inside } from "../../dataset/layout.js";
import { decodePicker, encodePicker, type PickerRecord } from "../../pick/model.js";
import type { LabelledImage, PickerTrainingSet } from "../../pick/training/data.js";
import { trainPicker } from "../../pick/training/trainer.js";
import { averagedParameters } from "../../train/average.js";
import type { TrainingListener } from "../../train/loop.js";
import type { TrainingState } from "../../train/state.js";
import { cachedSource } from "../shared/cached-source.js";
import { keepSteps, MODEL, readArrays, writeArrays } from "../shared/models/model-files.js";
import type { TrainContext } from "../shared/models/training-context.js";
import {
  inTrainingFolder,
  readCheckpoint,
  recordStep,
  sayingHowToResume,
  type TrainingIdentity,
  trainingIdentity,
} from "../shared/models/training-folder.js";
import type { PickTrainPlan } from "./plan.js";
import { type LabelledMicrograph, labelledMicrographs, negativeImages } from "./set.js";
import { validatePicker } from "./validation.js";

/** Scores on the micrographs kept for validation, a checkpoint a line. */
const VALIDATION_LINES = "validation.jsonl";
/** Images kept in memory of each kind, bytes. */
const CACHE = 2 ** 30;
/** Coordinates that fill less of the micrographs, across and down, may be of smaller images; so many of them tell. */
const UNFILLED = 0.7;
const ENOUGH = 20;
/** Diameters whose ratio is less are alike. */
const SAME_SIZE = 1.15;
/** Fewer labelled micrographs are all learned from. */
const FEWEST_TO_SPLIT = 4;

/**
 * Trains a picker and writes its model folder, or what is still missing of it.
 *
 * @returns the finished picker's record
 * @throws UsageError for inputs or a folder that do not fit, FileError or FormatError for an input, AbortError
 */
export async function trainPickerModel(plan: PickTrainPlan, context: TrainContext): Promise<PickerRecord> {
  const { files, report } = context;
  const all = await labelledMicrographs(files, plan, report);
  if (all.length === 0) throw new FileError("pick train", "no labelled micrograph", "at least one");
  const { learned, kept } = splitMicrographs(all, plan);
  return inTrainingFolder(files, plan, await identityOf(plan, context), async () => {
    const modelPath = inside(plan.out, MODEL.model);
    if (await files.exists(modelPath)) {
      report.note(`${plan.out} is complete already`);
      return decodePicker(await readArrays(files, modelPath), modelPath).record;
    }
    warnOfSizes(all, plan, report.warn);
    report.note(`${learned.length} labelled micrographs to learn from, ${kept.length} for validation`);
    const set = await openSet(learned, plan, context);
    const record: PickerRecord = {
      program: context.program,
      particleDiameter: plan.particleDiameter ?? all[0]!.particleDiameter,
      step: 0,
      options: plan.options,
    };
    const runtime = await context.runtime();
    report.note(`training on ${runtime.description}`);
    const { state, validation } = await train({ plan, set, kept, record, runtime }, context);
    const finished = { ...record, step: plan.options.steps, ...(validation && { validation }) };
    const model = { record: finished, parameters: averagedParameters(state) };
    await writeArrays(files, modelPath, encodePicker(model));
    return finished;
  });
}

/** A picker takes particles of any size for one size; which it takes micrographs to have unless told is the first one's. */
function warnOfSizes(
  all: readonly LabelledMicrograph[],
  { particleDiameter }: PickTrainPlan,
  warn: (line: string) => void,
): void {
  const sizes = all.map((each) => each.particleDiameter);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  if (particleDiameter !== undefined || largest < SAME_SIZE * smallest) return;
  warn(
    `particles of ${smallest} to ${largest} angstrom are learned together: say \`particleDiameter\` to ` +
      `\`pick run\`, which else takes them to be ${sizes[0]}`,
  );
}

interface OpenPickTraining {
  readonly plan: PickTrainPlan;
  readonly set: PickerTrainingSet;
  readonly kept: readonly LabelledMicrograph[];
  readonly record: PickerRecord;
  readonly runtime: ComputeRuntime;
}

async function train(
  training: OpenPickTraining,
  context: TrainContext,
): Promise<{ readonly state: TrainingState; readonly validation: PickerRecord["validation"] }> {
  const { plan, set, runtime } = training;
  const { files } = context;
  const checkpoint = await readCheckpoint(files, plan, decodePicker);
  for (const name of [MODEL.metrics, VALIDATION_LINES]) {
    await keepSteps(files, inside(plan.out, name), checkpoint?.record.step ?? 0);
  }
  const trained = trainPicker(
    { ...context, runtime },
    set,
    { options: plan.options, every: plan.every, ...(plan.from && { start: plan.from.parameters }) },
    listenerFor(training, context),
    checkpoint && { step: checkpoint.record.step, state: checkpoint.parameters },
  );
  const state = await sayingHowToResume(trained, plan, context);
  return { state, validation: await validate(training, plan.options.steps, state) };
}

/** Writes what a training hands out into its folder. */
function listenerFor(training: OpenPickTraining, context: TrainContext): TrainingListener {
  const { files, report } = context;
  const { plan, record } = training;
  return {
    step: (metrics) => recordStep(metrics, { out: plan.out, steps: plan.options.steps }, context),
    async milestone(step, state) {
      const found = await validate(training, step, state);
      if (!found) return;
      await files.append(inside(plan.out, VALIDATION_LINES), `${JSON.stringify({ step, ...found })}\n`);
      const { auprc, micrographs } = found;
      report.note(`step ${step}: AUPRC ${auprc.toFixed(3)} on ${micrographs} micrographs kept apart`);
    },
    warn: (text) => report.warn(text),
    async checkpoint(step, state) {
      const model = { record: { ...record, step }, parameters: state };
      await writeArrays(files, inside(plan.out, MODEL.checkpoint), encodePicker(model));
    },
  };
}

/** Scores on the micrographs kept apart, if any are. */
async function validate(
  { kept, record, runtime }: OpenPickTraining,
  step: number,
  state: TrainingState,
): Promise<PickerRecord["validation"]> {
  if (kept.length === 0) return undefined;
  return validatePicker(
    { record: { ...record, step }, parameters: averagedParameters(state) },
    kept,
    runtime,
  );
}

/** What the training is: its options, and its inputs by content. */
function identityOf(plan: PickTrainPlan, { files, program }: TrainContext): Promise<TrainingIdentity> {
  const paths = [
    ...plan.datasets.map((dir) => inside(dir, "dataset.json")),
    ...plan.micrographs,
    ...plan.coordinates,
    ...plan.negatives,
  ];
  const { record, from } = plan;
  const options = { ...record, ...(from && { from: from.record }) };
  return trainingIdentity(files, { program, translator: "picker", options }, paths);
}

/** Micrographs to learn from and, drawn by the seed, those kept for validation. */
function splitMicrographs(all: readonly LabelledMicrograph[], { validation, options }: PickTrainPlan) {
  if (validation === 0 || all.length < FEWEST_TO_SPLIT) return { learned: all, kept: [] };
  const count = Math.max(1, Math.round(validation * all.length));
  if (count === all.length) {
    throw new OptionError(
      "validation",
      `found ${validation}, which leaves none of ${count} labelled micrographs to learn from, expected less than ${(count - 0.5) / count}`,
    );
  }
  const order = Random.of(options.seed, "picker validation").shuffle(all.map((_, i) => i));
  const chosen = new Set(order.slice(0, count));
  return {
    learned: all.filter((_, i) => !chosen.has(i)),
    kept: all.filter((_, i) => chosen.has(i)),
  };
}

async function openSet(
  learned: readonly LabelledMicrograph[],
  plan: PickTrainPlan,
  { files, report, signal }: TrainContext,
): Promise<PickerTrainingSet> {
  const bytes = ({ image }: LabelledImage): number => image.data.byteLength;
  const labelled = cachedSource(learned.length, (index) => learned[index]!.load(), bytes, CACHE);
  let particles = 0;
  let [farX, farY] = [0, 0];
  for (let i = 0; i < learned.length; i++) {
    signal.throwIfAborted();
    const { centres, image } = await labelled.load(i);
    particles += centres.length;
    for (const { x, y } of centres) {
      farX = Math.max(farX, x / image.shape[1]);
      farY = Math.max(farY, y / image.shape[0]);
    }
    report.progress({ stage: "read", done: i + 1, total: learned.length, unit: "micrographs" });
  }
  if (particles === 0) {
    throw new UsageError("pick train: found no particle in the labels, expected some to learn from");
  }
  if (Math.max(farX, farY) < UNFILLED && particles >= ENOUGH) {
    report.warn(
      `no particle lies beyond ${Math.round(100 * Math.max(farX, farY))} % of the micrographs' width and height: ` +
        `if the coordinates are of binned images, give \`coordinatesPixelSize\``,
    );
  }
  const negatives = await negativeImages(files, plan);
  return { labelled, negatives: { count: negatives.length, load: async (index) => negatives[index]! } };
}
