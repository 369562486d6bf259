import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readArrays } from "../../../src/jobs/shared/models/model-files.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { decodeModel, type TranslatorName } from "../../../src/translate/model.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";

const { at, contextOf, trainOptions, train, generate, prepareInputs } = toyTrainingJob();
beforeAll(prepareInputs, 120_000);

const modelOf = async (name: string) => {
  const path = at(`${name}/model.safetensors`);
  return decodeModel(await readArrays(nodeFiles, path), path);
};

const CASES: readonly (readonly [TranslatorName, Partial<TrainOptions>])[] = [
  ["cut", {}],
  ["fastcut", {}],
  ["cyclegan", { accumulate: 2 }],
  [
    "cyclediffusion",
    { depth: undefined, ndf: undefined, crop: 64, ngf: 2, accumulate: 1, samplingSteps: 1, start: 300 },
  ],
];

describe.each(CASES)("train --translator %s %j", (translator, more) => {
  const options: Partial<TrainOptions> = { translator, steps: 3, every: 2, ...more };

  test("resumes to the same bytes, and makes micrographs", async () => {
    await train(translator, options);
    const context = interruptedContext(contextOf, 1);
    const again = `${translator}-again`;
    await expect(trainTranslator(planTraining(trainOptions(again, options)), context)).rejects.toThrow(
      /abort/i,
    );
    await train(again, { ...options, resume: true });
    const bytes = (name: string): Buffer => readFileSync(at(`${name}/model.safetensors`));
    expect(bytes(again).equals(bytes(translator))).toBe(true);

    const { record } = await modelOf(translator);
    expect(record.translator).toBe(translator);
    if (translator === "cyclediffusion")
      expect(record.diffusion).toMatchObject({ width: 2, eta: 0.1, start: 300 });
    else expect(record.options!.network).toBe(more.network ?? "unet");
    const { micrographs, options: said } = await generate(`${translator}-made`, { model: at(translator) });
    expect(micrographs).toHaveLength(3);
    expect(said["translator"]).toBe(translator);
  });
});

describe("train --translator real-ice", () => {
  test("keeps real micrographs without their particles, on which micrographs are made", async () => {
    const options: Partial<TrainOptions> = {
      ...{ crop: undefined, ngf: undefined, ndf: undefined, depth: undefined },
      ...{ steps: undefined, every: undefined, translator: "real-ice" },
    };
    const { notes } = await train("real-ice", options);
    expect(notes.join()).toMatch(/real ice: \d+ % of the pixels are real/);
    const { ices, noise } = await modelOf("real-ice");
    expect(ices!.map(({ image }) => image.shape)).toEqual([
      [140, 140],
      [140, 140],
    ]);
    expect(noise.deviation).toBeGreaterThan(0);
    const { micrographs, options: said } = await generate("on-ice", { model: at("real-ice") });
    expect(micrographs).toHaveLength(3);
    expect(said["translator"]).toBe("real-ice");
  });
});

describe("train --noise none", () => {
  test("gives the generator clean micrographs, and refuses what needs noise", async () => {
    await train("without-noise", { noise: "none", steps: 1 });
    expect((await modelOf("without-noise")).noise.deviation).toBe(0);
    expect(() => planTraining(trainOptions("refused", { noise: "none", snr: 1 }))).toThrow(
      "snr: found `noise` none, expected a noise field with it",
    );
  });
});

test.each([
  [{ translator: "cyclediffusion", contrast: "patch" }, "contrast: found `translator` cyclediffusion"],
  [{ translator: "cyclediffusion", ngf: 3 }, "ngf: found 3, expected an even number"],
  [{ translator: "cut", eta: 0.2 }, "eta: found `translator` cut, expected cyclediffusion with it"],
  [{ translator: "cut", nceVariant: "public" }, "nceVariant: found `contrast` patch, expected mask with it"],
  [{ network: "resnet" }, "network: found `contrast` mask, expected unet with it"],
  [{ translator: "cyclegan", nceWeight: 1 }, "nceWeight: found `contrast` none"],
  [{ translator: "cyclegan", contrast: "patch" }, "contrast: found patch, expected none with a cycle loss"],
  [{ identity: 1 }, "identity: found `contrast` mask, expected patch with it, or a cycle loss"],
] as const)("train refuses what would do nothing: %j", (more, message) => {
  const options = { real: ["a.mrc"], simulated: "s", out: "m", ...more };
  expect(() => planTraining(options)).toThrow(message);
});
