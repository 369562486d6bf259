import { join } from "node:path";
import { beforeAll } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { planPickTraining } from "../../../src/jobs/pick-train/plan.js";
import { trainPickerModel } from "../../../src/jobs/pick-train/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { interruptedContext, jobContext } from "../../helpers/job-context.js";
import { testResumption } from "../../helpers/machine/resumed-training.js";
import { scratchFolder } from "../../helpers/scratch.js";
import { writeToyMap } from "../../helpers/toys/map.js";
import { trainingFiles } from "../../helpers/toys/training-files.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const runtime = openOnnxCpu({ threads: 1 });

/** Three steps with a milestone after the second and the last; `stopAt` interrupts after a step. */
async function train(name: string, { files = nodeFiles, stopAt }: { files?: Files; stopAt?: number } = {}) {
  const context = interruptedContext(jobContext, stopAt, "train");
  const small = { width: 2, crop: 32, batch: 1, steps: 3, every: 2, workingDiameter: 12 };
  const plan = planPickTraining({ dataset: [at("simulated")], out: at(name), ...small, resume: true });
  await trainPickerModel(plan, { ...context, files, runtime: () => runtime });
}

let whole: Record<string, string>;
beforeAll(async () => {
  const place = { map: [writeToyMap(at("map.mrc"))], out: at("simulated"), size: [90, 90] as const };
  const plan = planSimulation({ ...place, count: 4, particles: [4, 0], seed: 7, snr: 0.5 });
  await simulateDataset(plan, jobContext().context);
  await train("whole");
  whole = trainingFiles(at("whole"));
}, 120_000);

testResumption({ train, at, whole: () => whole }, { deaths: ["nothing", "half"], stops: [1, 2] });
