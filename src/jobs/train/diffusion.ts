import { FormatError } from "../../core/errors.js";
import { inside } from "../../dataset/layout.js";
import type { TrainingListener } from "../../train/loop.js";
import type { NamedArrays } from "../../train/named-arrays.js";
import type { DiffusionOptions } from "../../translate/diffusion/options.js";
import { diffusionState, trainDiffusion } from "../../translate/diffusion/trainer.js";
import { decodeModel, encodeModel, type Model } from "../../translate/model.js";
import { keepSteps, MODEL, writeArrays } from "../shared/models/model-files.js";
import type { TrainContext } from "../shared/models/training-context.js";
import { readCheckpoint, recordStep, sayingHowToResume } from "../shared/models/training-folder.js";
import { workerSampler } from "./data.js";
import { fitSeed, type OpenTraining } from "./training.js";

/** Trains the two models of CycleDiffusion from the beginning or from the last checkpoint, writes the model. */
export async function trainDiffusionModels(
  training: OpenTraining,
  options: DiffusionOptions,
  context: TrainContext,
): Promise<number> {
  const { plan, opened, inputs, description } = training;
  const { files, report, workers, signal } = context;
  const checkpoint = await readCheckpoint(files, plan, decodeDiffusion);
  const noise = checkpoint?.noise ?? (await fitSeed(training));
  const runtime = await context.runtime();
  report.note(`training on ${runtime.description}`);
  await keepSteps(files, inside(plan.out, MODEL.metrics), checkpoint?.record.step ?? 0);
  const save = (path: string, step: number, parameters: Model["parameters"]): Promise<void> =>
    writeArrays(
      files,
      inside(plan.out, path),
      encodeModel({ parameters, noise, record: { ...description, step } }),
    );
  const { crop, seed, steps } = options;
  const sampler = { inputs, noise, options: { crop, queries: 1, seed } };
  const makeCrops = workers && workerSampler(workers, sampler, signal);
  const listener: TrainingListener = {
    step: (metrics) => recordStep(metrics, { out: plan.out, steps }, context, { hasWaiting: true }),
    milestone: async () => {},
    warn: (text) => report.warn(text),
    checkpoint: (step, state) => save(MODEL.checkpoint, step, state),
  };
  const trained = trainDiffusion(
    { ...context, runtime, ...(makeCrops && { makeCrops }) },
    opened.set,
    { options, noise, every: plan.every },
    listener,
    checkpoint && { step: checkpoint.record.step, state: checkpoint.parameters },
  );
  const state = await sayingHowToResume(trained, plan, context);
  await save(MODEL.model, steps, diffusionState(state, options));
  return steps;
}

/** A model of a diffusion: its options are there. */
function decodeDiffusion(arrays: NamedArrays, path: string): Model {
  const model = decodeModel(arrays, path);
  if (!model.record.diffusion) throw new FormatError(path, "diffusion", "none", "the options of a diffusion");
  return model;
}
