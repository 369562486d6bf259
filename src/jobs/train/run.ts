import type { Files } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { readDataset } from "../../dataset/reader.js";
import { drawFitSet } from "../../translate/fit/fit-set.js";
import { encodeModel, type Model, type ModelDescription } from "../../translate/model.js";
import { isNetworkTranslator } from "../../translate/presets.js";
import { MODEL, writeArrays } from "../shared/models/model-files.js";
import type { TrainContext } from "../shared/models/training-context.js";
import {
  inTrainingFolder,
  type TrainingIdentity,
  trainingIdentity,
} from "../shared/models/training-folder.js";
import { trainDiffusionModels } from "./diffusion.js";
import { trainNetwork } from "./network.js";
import { sizeCrops, type TrainPlan } from "./plan.js";
import { takeRealIce } from "./real-ice.js";
import { measureRealLook, type OpenedTrainingSet, openTrainingSet, type TrainingInputs } from "./set.js";
import { fitSeed, type OpenTraining } from "./training.js";

/**
 * Trains a translator and writes its model folder, or what is still missing of it.
 *
 * @returns the steps trained; 0 for a kind without a network
 * @throws UsageError for inputs or a folder that do not fit, FileError or FormatError for an input, AbortError
 */
export async function trainTranslator(given: TrainPlan, context: TrainContext): Promise<number> {
  const { files, report, program } = context;
  const plan = await withSizedCrops(given, files);
  const { diffusion } = plan;
  const isNetwork = isNetworkTranslator(plan.translator);
  const crop = diffusion?.crop ?? (isNetwork ? plan.options.crop : 32);
  const inputs: TrainingInputs = {
    ...{ real: plan.real, simulated: plan.simulated, estimates: plan.estimates },
    ...{ crop, flatten: isNetwork && plan.options.trends },
    holdsOut: isNetwork && plan.options.keep === "best",
  };
  const opened = await openTrainingSet(files, inputs, context.report);
  return inTrainingFolder(files, plan, await identityOf(plan, files, program), async () => {
    if (await files.exists(inside(plan.out, MODEL.model))) {
      report.note(`${plan.out} is complete already`);
      return diffusion?.steps ?? (isNetwork ? plan.options.steps : 0);
    }
    const training = await prepare(plan, opened, inputs, context);
    if (isNetwork) return trainNetwork(training, context);
    if (diffusion) return trainDiffusionModels(training, diffusion, context);
    const record = training.description;
    const model: Model = {
      ...{ record, parameters: new Map() },
      ...(plan.translator === "real-ice"
        ? await takeRealIce(training, context)
        : { noise: await fitSeed(training) }),
    };
    await writeArrays(files, inside(plan.out, MODEL.model), encodeModel(model));
    return 0;
  });
}

/** The plan with crops sized by the particles of the simulated micrographs, where nobody chose a size. */
async function withSizedCrops(plan: TrainPlan, files: Files): Promise<TrainPlan> {
  const { particleDiameter, optics, micrographs } = (await readDataset(files, plan.simulated)).manifest;
  const shortest = Math.min(...micrographs.flatMap(({ shape }) => shape));
  return sizeCrops(plan, particleDiameter / optics.pixelSize, shortest);
}

function identityOf(plan: TrainPlan, files: Files, program: string): Promise<TrainingIdentity> {
  const { translator, options, dose, diffusion } = plan;
  const paths = [inside(plan.simulated, "dataset.json"), ...plan.real];
  if (plan.estimates !== undefined) paths.push(inside(plan.estimates, "estimates.json"));
  return trainingIdentity(files, { program, translator, options: diffusion ?? { ...options, dose } }, paths);
}

/** What is measured before anything is fitted or trained. */
async function prepare(
  plan: TrainPlan,
  opened: OpenedTrainingSet,
  inputs: TrainingInputs,
  { files, program }: TrainContext,
): Promise<OpenTraining> {
  const fit = await drawFitSet(opened.set);
  const { contrast, trends } = await measureRealLook(files, plan.real, inputs.flatten);
  const { translator, dose, options } = plan;
  const description: ModelDescription = {
    ...{ program, translator, pixelSize: opened.pixelSize, contrast, dose, step: 0 },
    ...(isNetworkTranslator(translator) && { options }),
    ...(plan.diffusion && { diffusion: plan.diffusion }),
  };
  return { plan, opened, inputs, fit, description, ...(trends && { trends }) };
}
