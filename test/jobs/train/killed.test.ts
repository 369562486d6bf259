import { beforeAll, expect, test } from "vitest";
import type { Files } from "../../../src/core/ports.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { killedAgainAndAgain } from "../../helpers/machine/dying-files.js";
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

test("killed again and again, with half of a change made, and resumed: the same files as uninterrupted", async () => {
  const killed = await killedAgainAndAgain("half", (files) => train("killed", { files }));
  // at the claim, training.json, lines of metrics, samples, checkpoints, both models, the end of the claim
  expect(killed).toBeGreaterThan(6);
  expect(trainingFiles(at("killed"))).toEqual(whole);
});

test.each([1, 2])(
  "interrupted after step %i and resumed: the same files as uninterrupted",
  async (stopAt) => {
    await expect(train(`stopped-${stopAt}`, { stopAt })).rejects.toThrow(/abort/i);
    await train(`stopped-${stopAt}`);
    expect(trainingFiles(at(`stopped-${stopAt}`))).toEqual(whole);
  },
);
