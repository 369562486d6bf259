import { beforeAll } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { testResumption } from "../../helpers/machine/resumed-training.js";
import { trainingFiles } from "../../helpers/toys/training-files.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";

const { at, contextOf, trainOptions, prepareInputs } = toyTrainingJob();

const SMALLEST: Partial<TrainOptions> = {
  ...{ crop: 64, depth: 2, ngf: 1, ndf: 1, discriminators: 1, noise: "white" },
  ...{ calibrate: false, trends: false, unevenness: false },
};

/** Three steps with a milestone after the second and the last; `stopAt` interrupts after a step. */
async function train(
  name: string,
  { files = nodeFiles, stopAt }: { files?: Files; stopAt?: number } = {},
): Promise<void> {
  const plan = planTraining(trainOptions(name, { ...SMALLEST, steps: 3, every: 2, resume: true }));
  await trainTranslator(plan, { ...interruptedContext(contextOf, stopAt), files });
}

let whole: Record<string, string>;
beforeAll(async () => {
  await prepareInputs();
  await train("whole");
  whole = trainingFiles(at("whole"));
}, 120_000);

testResumption({ train, at, whole: () => whole }, { deaths: ["half"], stops: [1, 2] });
