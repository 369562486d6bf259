import { inside } from "../../dataset/layout.js";
import { drawFitSet } from "../../translate/fit/fit-set.js";
import { encodeModel, type Model, type ModelDescription } from "../../translate/model.js";
import { MODEL, writeArrays } from "../shared/model-files.js";
import { openTrainingFolder, trainingIdentity } from "../shared/training-folder.js";
import { trainNetwork } from "./network.js";
import type { TrainPlan } from "./plan.js";
import { measureRealLook, openTrainingSet, type TrainingInputs } from "./set.js";
import { fitSeed, type OpenTraining, type TrainContext } from "./training.js";

/**
 * Trains a translator and writes its model folder, or what is still missing of it.
 *
 * @returns the steps trained; 0 for a kind without a network
 * @throws UsageError for inputs or a folder that do not fit, FileError or FormatError for an input, AbortError
 */
export async function trainTranslator(plan: TrainPlan, context: TrainContext): Promise<number> {
  const { files, report, program } = context;
  const isNetwork = plan.translator === "cryogem";
  const flatten = isNetwork && plan.options.trends;
  const inputs: TrainingInputs = {
    ...{ real: plan.real, simulated: plan.simulated, estimates: plan.estimates },
    ...{ crop: isNetwork ? plan.options.crop : 32, flatten },
  };
  const opened = await openTrainingSet(files, inputs);
  await openTrainingFolder(files, plan, await trainingIdentity(files, plan, program));
  if (await files.exists(inside(plan.out, MODEL.model))) {
    report.note(`${plan.out} is complete already`);
    return isNetwork ? plan.options.steps : 0;
  }
  const fit = await drawFitSet(opened.set);
  const { contrast, trends } = await measureRealLook(files, plan.real, flatten);
  const description: ModelDescription = {
    program,
    translator: plan.translator,
    pixelSize: opened.pixelSize,
    contrast,
    dose: plan.dose,
    step: 0,
    ...(isNetwork && { options: plan.options }),
  };
  const training: OpenTraining = { plan, opened, inputs, fit, description, ...(trends && { trends }) };
  if (isNetwork) return trainNetwork(training, context);
  const model: Model = { record: description, noise: await fitSeed(training), parameters: new Map() };
  await writeArrays(files, inside(plan.out, MODEL.model), encodeModel(model));
  return 0;
}
