import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import type { GenerateOptions } from "../../../src/jobs/generate/options.js";
import { planGeneration } from "../../../src/jobs/generate/plan.js";
import { generateDataset } from "../../../src/jobs/generate/run.js";
import { planSimulation, type SimulateOptions } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { jobContext } from "../job-context.js";
import { scratchFolder } from "../scratch.js";
import { writeToyMap } from "./map.js";
import { toyTrainingSet } from "./training-set.js";

/**
 * A training of a tiny translator on toy micrographs, in a folder of its own: `real` and `simulated` are there once
 * `prepareInputs` has run, `model` too after `prepare`.
 */
export function toyTrainingJob() {
  const dir = scratchFolder();
  const at = (name: string): string => join(dir, name);
  const map = writeToyMap(at("map.mrc"));
  const runtime = openOnnxCpu({ threads: 1 });
  const real = [at("real-1.mrc"), at("real-2.mrc")];

  const simulate = (name: string, more: Partial<SimulateOptions> = {}): Promise<unknown> =>
    simulateDataset(
      planSimulation({
        map: [map],
        out: at(name),
        size: [130, 150],
        count: 3,
        particles: [3, 1],
        seed: 7,
        ...more,
      }),
      jobContext().context,
    );

  const contextOf = (signal?: AbortSignal) => {
    const job = jobContext(signal);
    return { ...job, context: { ...job.context, runtime: () => runtime } };
  };

  const trainOptions = (name: string, more: Partial<TrainOptions> = {}): TrainOptions => ({
    real,
    simulated: at("simulated"),
    out: at(name),
    crop: 64,
    ngf: 2,
    ndf: 2,
    depth: 2,
    steps: 4,
    every: 2,
    ...more,
  });
  const train = (name: string, more: Partial<TrainOptions> = {}) => {
    const job = contextOf();
    return trainTranslator(planTraining(trainOptions(name, more)), job.context).then(() => job);
  };
  const generate = (name: string, more: Partial<GenerateOptions> = {}, signal?: AbortSignal) =>
    generateDataset(
      planGeneration({ model: at("model"), simulated: at("simulated"), out: at(name), ...more }),
      contextOf(signal).context,
    );

  function writeReal(path: string, { data, shape }: Image, voxelSize = 4): void {
    writeFileSync(
      path,
      writeMrc({ data: data.map((value) => 500 + 20 * value), shape: [1, ...shape], voxelSize }),
    );
  }

  const prepareInputs = async (): Promise<void> => {
    const { set } = toyTrainingSet({ real: 2, simulated: 1, side: 140 });
    for (const [i, path] of real.entries()) writeReal(path, await set.real.load(i));
    await simulate("simulated");
  };
  const prepare = async (): Promise<void> => {
    await prepareInputs();
    await train("model");
  };
  return {
    dir,
    at,
    real,
    simulate,
    contextOf,
    trainOptions,
    train,
    generate,
    writeReal,
    prepareInputs,
    prepare,
  };
}
