import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { mean } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { readModel } from "../../../src/jobs/shared/models/model-files.js";
import { compareFeatures } from "../../../src/jobs/similarity/run.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { GeneratorRunner, tilingFor } from "../../../src/translate/generator-runner.js";
import { generatorInput } from "../../../src/translate/noise/field.js";
import { resolveOptions } from "../../../src/translate/options.js";
import { planAxis } from "../../../src/translate/tiling.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";
import { TOY_OPTICS, toyTrainingSet } from "../../helpers/toys/training-set.js";

const { at, contextOf, trainOptions, train, generate, prepareInputs } = toyTrainingJob();
beforeAll(prepareInputs, 120_000);

const CASES: readonly Partial<TrainOptions>[] = [
  { noiseAt: "channel" },
  { noiseAt: "inner", generator: "plain" },
  { noiseAt: "channel", translator: "fastcut", identity: 1 },
];

describe.each(CASES)("train %j", (more) => {
  const name = `${more.noiseAt}-${more.translator ?? "cryogem"}`;

  test("resumes to the same bytes, is recorded, makes micrographs and is compared", async () => {
    await train(name, more);
    const context = interruptedContext(contextOf, 1);
    const again = `${name}-again`;
    await expect(trainTranslator(planTraining(trainOptions(again, more)), context)).rejects.toThrow(/abort/i);
    await train(again, { ...more, resume: true });
    const bytes = (folder: string): Buffer => readFileSync(at(`${folder}/model.safetensors`));
    expect(bytes(again).equals(bytes(name))).toBe(true);

    const { record } = await readModel(nodeFiles, at(name));
    expect(record.options!.noiseAt).toBe(more.noiseAt);
    const { micrographs } = await generate(`${name}-made`, { model: at(name) });
    expect(micrographs).toHaveLength(3);
    const made = at(`${name}-made/micrographs/000001.mrc`);
    const found = await compareFeatures(
      { models: [at(name)], micrograph: made, at: [60, 60], level: 1, out: at(`${name}-similarity`) },
      contextOf().context,
    );
    expect(found[0]!.mean).toBeGreaterThan(0);
  });
});

test.each(["channel", "inner"] as const)("noise at %s decides the output of the network", async (noiseAt) => {
  await train(`moved-${noiseAt}`, { noiseAt, steps: 2, learningRate: 0.05, average: 0 });
  const { record, parameters, noise } = await readModel(nodeFiles, at(`moved-${noiseAt}`));
  const runner = new GeneratorRunner(record.options!, await openOnnxCpu({ threads: 1 }), parameters);
  const { image } = await toyTrainingSet({ real: 1, simulated: 1, side: 64 }).set.simulated.load(0);
  const micrograph = { image, mean: mean(image.data), optics: TOY_OPTICS };
  const [clean, ownNoise] = generatorInput(micrograph, noise, Random.of(1, "a"), noiseAt);
  const [, otherNoise] = generatorInput(micrograph, noise, Random.of(2, "b"), noiseAt);
  const made = await runner.run([clean!, ownNoise!]);
  const other = await runner.run([clean!, otherNoise!]);
  await runner.close();
  const moved = Math.sqrt(mean(made.map((value, i) => (value - other[i]!) ** 2)));
  expect(moved).toBeGreaterThan(1e-4);
});

test("tiles cut the innermost pixels alike, so that overlapping ones are given the same noise there", () => {
  const inner = tilingFor(resolveOptions("fast", 1, { noiseAt: "inner" }));
  const { size, starts } = planAxis(1100, { ...inner, largest: 320 });
  expect(starts.length).toBeGreaterThan(2);
  for (const [i, start] of starts.entries()) {
    expect((start - starts[0]!) % 64).toBe(0);
    if (i > 0) expect(starts[i - 1]! + size - start).toBeGreaterThanOrEqual(64);
  }
});

test.each([
  [{ noiseAt: "inner", crop: 64, depth: 5 }, "expected crops of at least 96, or a smaller depth"],
  [{ noiseAt: "inner", preset: "paper", depth: 10 }, "found inner with crops of 1024 pixels at depth 10"],
  [{ noiseAt: "channel", noise: "none" }, "noiseAt: found `noise` none, expected a noise field with it"],
  [{ noiseAt: "channel", translator: "cyclegan" }, "noiseAt: found channel with a cycle loss"],
  [
    { noiseAt: "channel", contrast: "patch", network: "resnet" },
    "noiseAt: found `network` resnet, expected unet with channel",
  ],
  [{ noiseAt: "channel", translator: "gaussian" }, "noiseAt: found `translator` gaussian"],
] as const)("train refuses what makes no sense: %j", (more, message) => {
  expect(() => planTraining({ real: ["a.mrc"], simulated: "s", out: "m", ...more })).toThrow(message);
});

test("the noise of the paper's preset comes in after six halvings", () => {
  expect(resolveOptions("paper", 1, { noiseAt: "inner" })).toMatchObject({ depth: 6, generator: "plain" });
});
