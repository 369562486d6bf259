import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { planPickTraining } from "../../../src/jobs/pick-train/plan.js";
import { trainPickerModel } from "../../../src/jobs/pick-train/run.js";
import { planSimulation } from "../../../src/jobs/simulate/plan.js";
import { simulateDataset } from "../../../src/jobs/simulate/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { interruptedContext, jobContext } from "../../helpers/job-context.js";
import { killedAgainAndAgain } from "../../helpers/machine/dying-files.js";
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

test.each(["nothing", "half"] as const)(
  "killed again and again, with %s of a change made, and resumed: the same files as uninterrupted",
  async (death) => {
    const name = `killed-${death}`;
    const killed = await killedAgainAndAgain(death, (files) => train(name, { files }));
    // at the claim, training.json, lines of metrics and of validation, checkpoints, the model, the end of the claim
    expect(killed).toBeGreaterThan(6);
    expect(trainingFiles(at(name))).toEqual(whole);
  },
);

test.each([1, 2])(
  "interrupted after step %i and resumed: the same files as uninterrupted",
  async (stopAt) => {
    await expect(train(`stopped-${stopAt}`, { stopAt })).rejects.toThrow(/abort/i);
    await train(`stopped-${stopAt}`);
    expect(trainingFiles(at(`stopped-${stopAt}`))).toEqual(whole);
  },
);
