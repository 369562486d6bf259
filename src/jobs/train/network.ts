import type { Image } from "../../array/image.js";
import { FormatError } from "../../core/errors.js";
import { inside } from "../../dataset/layout.js";
import { encodePng } from "../../io/png/write.js";
import type { NamedArrays } from "../../train/named-arrays.js";
import type { TrainingState } from "../../train/state.js";
import { type Calibration, calibrate } from "../../translate/fit/calibration.js";
import { type CryogemListener, generatorState, trainCryogem } from "../../translate/gan/trainer.js";
import { generatorOnnx } from "../../translate/generator-onnx.js";
import { GeneratorRunner, tilingFor } from "../../translate/generator-runner.js";
import { decodeModel, encodeModel, type Model } from "../../translate/model.js";
import { fieldSnr, generatorInput, type NoiseField } from "../../translate/noise/field.js";
import { heldOutParts } from "../../translate/samples/held-out.js";
import { translateTiled } from "../../translate/tiling.js";
import { keepSteps, MODEL, samplePath, writeArrays } from "../shared/models/model-files.js";
import type { TrainContext } from "../shared/models/training-context.js";
import { readCheckpoint, recordStep, sayingHowToResume } from "../shared/models/training-folder.js";
import { BestGenerator } from "./best.js";
import { workerSampler } from "./data.js";
import { fitSeed, type OpenTraining } from "./training.js";

/** Trains CryoGEM's networks from the beginning or from the last checkpoint, calibrates, writes the model. */
export async function trainNetwork(training: OpenTraining, context: TrainContext): Promise<number> {
  const { plan, opened, inputs, description, trends } = training;
  const { files, report, workers, signal } = context;
  const checkpoint = await readCheckpoint(files, plan, decodeNetwork);
  const noise = checkpoint?.noise ?? (await fitSeed(training));
  report.note(
    noise.deviation === 0
      ? "noise field: none"
      : `noise field: ${noise.colour ? "coloured" : "white"}, SNR ${fieldSnr(noise).toPrecision(3)}`,
  );
  const runtime = await context.runtime();
  report.note(`training on ${runtime.description}`);
  await keepSteps(files, inside(plan.out, MODEL.metrics), checkpoint?.record.step ?? 0);
  const save = async (path: string, step: number, model: Omit<Model, "record">): Promise<void> =>
    writeArrays(files, inside(plan.out, path), encodeModel({ ...model, record: { ...description, step } }));
  const best =
    plan.options.keep === "best"
      ? await BestGenerator.open(
          files,
          plan.out,
          await heldOutParts(opened.set.real),
          checkpoint?.record.step ?? 0,
          (step, parameters) => save(MODEL.best, step, { noise, parameters }),
        )
      : undefined;
  const makeCrops = workers && workerSampler(workers, { inputs, noise, options: plan.options }, signal);
  const trained = trainCryogem(
    { ...context, runtime, ...(makeCrops && { makeCrops }) },
    opened.set,
    { options: plan.options, noise, every: plan.every },
    listenerFor(training, context, best, (step, parameters) =>
      save(MODEL.checkpoint, step, { noise, parameters }),
    ),
    checkpoint && { step: checkpoint.record.step, state: checkpoint.parameters },
  );
  const last = generatorState(await sayingHowToResume(trained, plan, context), plan.options);
  const { step, parameters } = (await best?.kept(report)) ?? {
    step: plan.options.steps,
    parameters: last,
  };
  const calibration = await calibrateNetwork(training, context, noise, parameters);
  await files.write(inside(plan.out, MODEL.onnx), generatorOnnx(plan.options, parameters));
  await save(MODEL.model, step, {
    ...{ parameters, noise, ...calibration },
    ...(trends && { trends }),
  });
  await best?.close();
  return plan.options.steps;
}

/** A model of a network: its options are there. */
function decodeNetwork(arrays: NamedArrays, path: string): Model {
  const model = decodeModel(arrays, path);
  if (!model.record.options) throw new FormatError(path, "options", "none", "those of a network");
  return model;
}

/** Fits what is fitted after training; nothing where that is not asked for. */
async function calibrateNetwork(
  { plan: { options }, fit }: OpenTraining,
  context: TrainContext,
  noise: NoiseField,
  parameters: TrainingState,
): Promise<Calibration | undefined> {
  if (!options.calibrate) return undefined;
  context.report.note("calibrating the output's skewness, kurtosis and spectrum");
  const generator = new GeneratorRunner(options, await context.runtime(), parameters);
  const tiling = tilingFor(options);
  try {
    return await calibrate(fit, noise, options.seed, (micrograph, field, random) => {
      context.signal.throwIfAborted();
      const planes = generatorInput(micrograph, field, random, options.noiseAt);
      return translateTiled(planes, tiling, (tiles) => generator.run(tiles));
    });
  } finally {
    await generator.close();
  }
}

function listenerFor(
  { plan }: OpenTraining,
  context: TrainContext,
  best: BestGenerator | undefined,
  checkpoint: CryogemListener["checkpoint"],
): CryogemListener {
  const { files, report } = context;
  return {
    checkpoint,
    step: (metrics) =>
      recordStep(metrics, { out: plan.out, steps: plan.options.steps }, context, { hasWaiting: true }),
    async sample(step, { picture, translated }, parameters) {
      await files.write(inside(plan.out, samplePath(step)), encodeGrey(picture));
      await best?.see(step, translated, parameters);
    },
    warn: (text) => report.warn(text),
  };
}

/** Grey levels of a picture of normalised images: 3.5 deviations either way. */
const SPAN = 3.5;

function encodeGrey({ data, shape }: Image): Uint8Array {
  const samples = Uint8ClampedArray.from(data, (value) => 127.5 + (127.5 / SPAN) * value);
  return encodePng({ shape, channels: 1, samples });
}
