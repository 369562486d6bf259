import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readArrays } from "../../../src/jobs/shared/models/model-files.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { decodeModel } from "../../../src/translate/model.js";
import type { NetworkTranslator } from "../../../src/translate/presets.js";
import { toyTrainingJob } from "../../helpers/toy-training-job.js";

const { at, contextOf, trainOptions, train, generate, prepareInputs } = toyTrainingJob();
beforeAll(prepareInputs, 120_000);

const modelOf = async (name: string) => {
  const path = at(`${name}/model.safetensors`);
  return decodeModel(await readArrays(nodeFiles, path), path);
};

const CASES: readonly (readonly [NetworkTranslator, Partial<TrainOptions>])[] = [
  ["cut", {}],
  ["fastcut", { network: "antialiased", depth: undefined }],
  ["cyclegan", { accumulate: 2 }],
];

describe.each(CASES)("train --translator %s %j", (translator, more) => {
  const options: Partial<TrainOptions> = { translator, steps: 3, every: 2, ...more };

  test("resumes to the same bytes, and makes micrographs", async () => {
    await train(translator, options);
    const controller = new AbortController();
    const job = contextOf(controller.signal);
    const progress = ({ done }: { readonly done: number }): void => {
      if (done === 1) controller.abort();
    };
    const context = { ...job.context, report: { ...job.context.report, progress } };
    const again = `${translator}-again`;
    await expect(trainTranslator(planTraining(trainOptions(again, options)), context)).rejects.toThrow(
      /abort/i,
    );
    await train(again, { ...options, resume: true });
    const bytes = (name: string): Buffer => readFileSync(at(`${name}/model.safetensors`));
    expect(bytes(again).equals(bytes(translator))).toBe(true);

    const { record } = await modelOf(translator);
    expect(record.translator).toBe(translator);
    expect(record.options!.network).toBe(more.network ?? "unet");
    const { micrographs, options: said } = await generate(`${translator}-made`, { model: at(translator) });
    expect(micrographs).toHaveLength(3);
    expect(said["translator"]).toBe(translator);
  });
});
