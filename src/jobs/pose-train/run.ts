import { quantile } from "../../array/statistics.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { symmetricAngle } from "../../core/symmetry.js";
import { inside } from "../../dataset/layout.js";
import { PoseEstimator } from "../../pose/estimator.js";
import { decodePoseModel, encodePoseModel, type PoseRecord } from "../../pose/model.js";
import { trainPoseEncoder } from "../../pose/trainer.js";
import type { KnownParticle } from "../../pose/training-data.js";
import { averagedParameters } from "../../train/average.js";
import type { ImageSource } from "../../train/image-source.js";
import type { TrainingListener } from "../../train/loop.js";
import type { TrainingState } from "../../train/state.js";
import { keepSteps, MODEL, readArrays, writeArrays } from "../shared/models/model-files.js";
import type { TrainContext } from "../shared/models/training-context.js";
import {
  inTrainingFolder,
  readCheckpoint,
  recordStep,
  sayingHowToResume,
  trainingIdentity,
} from "../shared/models/training-folder.js";
import { particleFiles, tableOf } from "./cut.js";
import { curvesFigure } from "./figures.js";
import type { PoseTrainPlan } from "./plan.js";
import { POSE_TRAINING } from "./records.js";
import { openPoseSets, type PoseSets } from "./set.js";
import { simulatedSets } from "./simulated.js";

/** Particles of those kept apart that are looked at. */
const VALIDATED = 1000;

/**
 * Trains a pose encoder and writes its model folder, or what is still missing of it.
 *
 * @returns the finished encoder's record
 * @throws UsageError for a folder that does not fit, FileError or FormatError for an input, AbortError
 */
export async function trainPoseModel(plan: PoseTrainPlan, context: TrainContext): Promise<PoseRecord> {
  const { files, report, program } = context;
  const about = { program, translator: "pose encoder", options: plan.record };
  const { map } = plan;
  const inputs = map === undefined ? [] : [map];
  for (const path of plan.particles) inputs.push(await tableOf(files, path));
  const identity = await trainingIdentity(files, about, inputs);
  return inTrainingFolder(files, plan, identity, async () => {
    const modelPath = inside(plan.out, MODEL.model);
    if (await files.exists(modelPath)) {
      report.note(`${plan.out} is complete already`);
      return decodePoseModel(await readArrays(files, modelPath), modelPath).record;
    }
    const cut = { ...plan, particles: await particleFiles(plan, context) };
    const sets =
      map === undefined ? await openPoseSets(cut, context) : await simulatedSets({ ...cut, map }, context);
    const record: PoseRecord = {
      program,
      workingPixel: sets.learned.workingPixel,
      filter: [...sets.learned.filter],
      ...{ step: 0, options: sets.options },
    };
    const runtime = await context.runtime();
    report.note(`training on ${runtime.description}`);
    const training = { plan, sets, record, runtime };
    const state = await train(training, context);
    const step = plan.options.steps;
    const validation = await validate(training, step, state);
    const finished = { ...record, step, ...(validation && { validation }) };
    await writeArrays(
      files,
      modelPath,
      encodePoseModel({ record: finished, parameters: averagedParameters(state) }),
    );
    return finished;
  });
}

interface OpenPoseTraining {
  readonly plan: PoseTrainPlan;
  readonly sets: PoseSets;
  readonly record: PoseRecord;
  readonly runtime: ComputeRuntime;
}

async function train(training: OpenPoseTraining, context: TrainContext): Promise<TrainingState> {
  const { plan, sets, runtime } = training;
  const { files } = context;
  const checkpoint = await readCheckpoint(files, plan, decodePoseModel);
  for (const name of [MODEL.metrics, POSE_TRAINING.validation]) {
    await keepSteps(files, inside(plan.out, name), checkpoint?.record.step ?? 0);
  }
  const trained = trainPoseEncoder(
    { ...context, runtime },
    sets.learned,
    { options: sets.options, every: plan.every },
    listenerFor(training, context),
    checkpoint && { step: checkpoint.record.step, state: checkpoint.parameters },
  );
  return sayingHowToResume(trained, plan, context);
}

/** Writes what a training hands out into its folder. */
function listenerFor(training: OpenPoseTraining, context: TrainContext): TrainingListener {
  const { files, report } = context;
  const { plan, record } = training;
  const metrics = inside(plan.out, MODEL.metrics);
  const validation = inside(plan.out, POSE_TRAINING.validation);
  const text = async (path: string): Promise<string> =>
    (await files.exists(path)) ? new TextDecoder().decode(await files.read(path)) : "";
  return {
    step: (taken) => recordStep(taken, { out: plan.out, steps: plan.options.steps }, context),
    async milestone(step, state) {
      const found = await validate(training, step, state);
      if (found) {
        await files.append(validation, `${JSON.stringify({ step, ...found })}\n`);
        report.note(
          `step ${step}: on ${found.particles} particles kept apart, medians ${found.angle.toFixed(1)} degrees, ${found.shift.toFixed(1)} angstrom`,
        );
      }
      const curves = curvesFigure(await text(metrics), await text(validation));
      await files.write(inside(plan.out, POSE_TRAINING.curves), curves);
    },
    warn: (line) => report.warn(line),
    async checkpoint(step, state) {
      const model = { record: { ...record, step }, parameters: state };
      await writeArrays(files, inside(plan.out, MODEL.checkpoint), encodePoseModel(model));
    },
  };
}

/** Errors on the particles kept apart, if any are. */
async function validate(
  { sets: { kept, learned }, record, runtime }: OpenPoseTraining,
  step: number,
  state: TrainingState,
): Promise<PoseRecord["validation"]> {
  if (kept.count === 0) return undefined;
  const known = await someOf(kept);
  const model = { record: { ...record, step }, parameters: averagedParameters(state) };
  const estimator = new PoseEstimator(model, runtime);
  try {
    const best = (await estimator.estimate(known)).map(([first]) => first!);
    const angles = best.map(({ rotation }, i) =>
      symmetricAngle(known[i]!.rotation, rotation, learned.operators),
    );
    const shifts = best.map(
      ({ x, y }, i) => Math.hypot(x - known[i]!.x, y - known[i]!.y) * learned.workingPixel,
    );
    return { particles: known.length, angle: quantile(angles, 0.5), shift: quantile(shifts, 0.5) };
  } finally {
    await estimator.close();
  }
}

async function someOf(particles: ImageSource<KnownParticle>): Promise<KnownParticle[]> {
  const count = Math.min(particles.count, VALIDATED);
  const known: KnownParticle[] = [];
  for (let i = 0; i < count; i++) known.push(await particles.load(Math.floor((i * particles.count) / count)));
  return known;
}
