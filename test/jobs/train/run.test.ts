import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { inlineWorkers } from "../../../src/jobs/shared/inline-workers.js";
import { readArrays } from "../../../src/jobs/shared/models/model-files.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { decodeModel } from "../../../src/translate/model.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { snapshot } from "../../helpers/snapshot.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";
import { toyTrainingSet } from "../../helpers/toys/training-set.js";

const { dir, at, real, simulate, contextOf, trainOptions, train, generate, writeReal, prepare } =
  toyTrainingJob();

beforeAll(prepare, 120_000);

describe("train", () => {
  test("writes the model, a checkpoint, a line of metrics a step and a sample now and then", () => {
    expect(readdirSync(at("model")).sort()).toEqual([
      "checkpoint.safetensors",
      "generator.onnx",
      "metrics.jsonl",
      "model.safetensors",
      "samples",
      "training.json",
    ]);
    expect(readdirSync(at("model/samples"))).toEqual(["000002.png", "000004.png"]);
    const lines = readFileSync(at("model/metrics.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4]);
    expect(Object.keys(JSON.parse(lines[0]!))).toEqual([
      ...[
        "step",
        "discriminatorReal",
        "discriminatorFake",
        "coarseReal",
        "coarseFake",
        "gan",
        "nce",
        "fakeDeviation",
      ],
      ...["learningRate", "seconds", "waiting"],
    ]);
  });

  test("strength that varies over the real micrographs is given to a white seed too, unless it is not wanted", async () => {
    await simulate("large", { size: [330, 320], count: 2 });
    const { set } = toyTrainingSet({ real: 2, simulated: 1, side: 320 });
    const uneven = [at("uneven-0.mrc"), at("uneven-1.mrc")];
    for (const [i, path] of uneven.entries()) {
      const { data, shape } = await set.real.load(i);
      const strength = (at: number): number => 1 + 0.7 * Math.sin((2 * Math.PI * (at % shape[1])) / 160);
      writeReal(path, { data: data.map((value, at) => value * strength(at)), shape });
    }
    const strengthOf = async (name: string, more: Partial<TrainOptions>): Promise<number> => {
      const some = { simulated: at("large"), noise: "white", steps: 1, calibrate: false } as const;
      await train(name, { ...some, ...more });
      const path = at(`${name}/model.safetensors`);
      const { noise } = decodeModel(await readArrays(nodeFiles, path), path);
      return noise.unevenness ? Math.max(...noise.unevenness.profile.values) * noise.unevenness.field : 0;
    };
    expect(await strengthOf("white-uneven", { real: uneven, unevenness: true })).toBeGreaterThan(0.2);
    expect(await strengthOf("white-off", { real: uneven, unevenness: false })).toBe(0);
  });

  test("interrupted and resumed, it ends in the same model, byte for byte", async () => {
    const context = interruptedContext(contextOf, 3);
    await expect(trainTranslator(planTraining(trainOptions("again")), context)).rejects.toThrow(/abort/i);
    expect(readdirSync(at("again"))).not.toContain("model.safetensors");
    await expect(generate("of-half", { model: at("again") })).rejects.toThrow(
      /again: found a training that is not finished, expected model.safetensors: finish the training first/,
    );
    // a line that was written after the checkpoint, as when the power fails
    writeFileSync(
      at("again/metrics.jsonl"),
      `${readFileSync(at("again/metrics.jsonl"), "utf8")}{"step":4}\n`,
    );
    // its data made by workers, as those of the first run were not
    const resumed = { ...contextOf().context, workers: inlineWorkers(nodeFiles) };
    await trainTranslator(planTraining(trainOptions("again", { resume: true })), resumed);
    expect(
      readFileSync(at("again/model.safetensors")).equals(readFileSync(at("model/model.safetensors"))),
    ).toBe(true);
    const losses = (name: string): unknown[] =>
      readFileSync(at(`${name}/metrics.jsonl`), "utf8")
        .trim()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), seconds: 0, waiting: 0 }));
    expect(losses("again")).toEqual(losses("model"));
  });

  test("a finished one is left as it is", async () => {
    const before = snapshot(at("model"));
    const { notes } = await train("model", { resume: true });
    expect(notes).toEqual([`${at("model")} is complete already`]);
    expect(snapshot(at("model"))).toEqual(before);
  });

  test("a folder with a training is refused without --resume, and with other options or inputs", async () => {
    await expect(train("model")).rejects.toThrow(/model: found a training: add `resume` to continue it/);
    await expect(train("model", { resume: true, steps: 5 })).rejects.toThrow(
      /model: option steps: found 4, expected 5; the folder holds another training/,
    );
    await expect(train("model", { resume: true, real: [real[0]!] })).rejects.toThrow(
      /number of inputs: found 3, expected 2/,
    );
    await expect(train("simulated")).rejects.toThrow(/simulated: found a folder with other files/);
  });

  test.each([
    [
      "a micrograph smaller than the crop",
      { crop: 256 },
      /real-1.mrc: found a micrograph of 140 x 140 pixels, expected at least the crop, 256 x 256/,
    ],
    ["no simulated dataset", { simulated: "nowhere" }, /nowhere\/dataset.json: found nothing there/],
    ["no micrograph", { real: [] }, /real: found none, expected one or more paths/],
    ["a missing micrograph", { real: ["gone.mrc"] }, /gone.mrc: found nothing there/],
    [
      "a network's option for a translator without one",
      {
        translator: "gaussian",
        crop: undefined,
        ngf: undefined,
        ndf: undefined,
        depth: undefined,
        every: undefined,
      } as const,
      /steps: found `translator` gaussian, expected cryogem, cut, fastcut or cyclegan with it/,
    ],
    ["a dose without counting", { dose: 3 }, /dose: found `translator` cryogem, expected poisson/],
  ])("%s is refused", async (_name, more, message) => {
    await expect((async () => train("refused", more))()).rejects.toThrow(message);
    expect(readdirSync(dir)).not.toContain("refused");
  });

  test("a pixel size that differs from the simulation's is refused, naming both", async () => {
    const path = at("other-scale.mrc");
    const { set } = toyTrainingSet({ real: 1, simulated: 1, side: 140 });
    writeReal(path, await set.real.load(0), 3);
    await expect(train("refused", { real: [path] })).rejects.toThrow(
      /other-scale.mrc: found 3 angstrom per pixel, expected 4, as .*simulated says/,
    );
  });

  test("a noisy simulation is refused, unless the clean micrographs were kept", async () => {
    await simulate("noisy", { snr: 0.1 });
    await simulate("kept", { snr: 0.1, keepClean: true });
    await expect(train("refused", { simulated: at("noisy") })).rejects.toThrow(
      /noisy: found micrographs with noise \(SNR 0.1\), expected clean ones: simulate them with an SNR of inf, or keep the clean ones/,
    );
    await train("from-kept", { simulated: at("kept"), steps: 1 });
    expect(readdirSync(at("from-kept"))).toContain("model.safetensors");
  });
});
