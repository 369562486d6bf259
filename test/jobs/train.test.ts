import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../src/array/image.js";
import { correlation, moments } from "../../src/array/statistics.js";
import { readDataset, readMicrograph } from "../../src/dataset/reader.js";
import { writeMrc } from "../../src/io/mrc-write.js";
import { generateDataset } from "../../src/jobs/generate.js";
import { type GenerateOptions, planGeneration } from "../../src/jobs/generate-plan.js";
import { readArrays } from "../../src/jobs/model-files.js";
import { simulateDataset } from "../../src/jobs/simulate.js";
import { planSimulation, type SimulateOptions } from "../../src/jobs/simulate-plan.js";
import { trainTranslator } from "../../src/jobs/train.js";
import { planTraining, type TrainOptions } from "../../src/jobs/train-plan.js";
import { nodeFiles } from "../../src/runtime/files.js";
import { openOnnxCpu } from "../../src/runtime/onnx.js";
import { inlineWorkers } from "../../src/runtime/workers.js";
import { decodeModel } from "../../src/translate/model.js";
import { jobContext } from "../helpers/job-context.js";
import { scratchFolder } from "../helpers/scratch.js";
import { snapshot } from "../helpers/snapshot.js";
import { writeToyMap } from "../helpers/toy-map.js";
import { toyTrainingSet } from "../helpers/toy-training-set.js";

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

beforeAll(async () => {
  const { set } = toyTrainingSet({ real: 2, simulated: 1, side: 140 });
  for (const [i, path] of real.entries()) writeReal(path, await set.real.load(i));
  await simulate("simulated");
  await train("model");
}, 120_000);

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
    const controller = new AbortController();
    const job = contextOf(controller.signal);
    const progress = (event: { readonly done: number }): void => {
      if (event.done === 3) controller.abort();
    };
    const context = { ...job.context, report: { ...job.context.report, progress } };
    await expect(trainTranslator(planTraining(trainOptions("again")), context)).rejects.toThrow(/abort/i);
    expect(readdirSync(at("again"))).not.toContain("model.safetensors");
    await expect(generate("of-half", { model: at("again") })).rejects.toThrow(
      /again: found a training that is not finished, expected model.safetensors: finish it with --resume/,
    );
    // a line that was written after the checkpoint, as when the power fails
    writeFileSync(
      at("again/metrics.jsonl"),
      `${readFileSync(at("again/metrics.jsonl"), "utf8")}{"step":4}\n`,
    );
    // its data made by workers, as those of the first run were not
    const resumed = { ...contextOf().context, workers: inlineWorkers() };
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
    await expect(train("model")).rejects.toThrow(/model: found a training: add --resume to continue it/);
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
    ["no micrograph", { real: [] }, /--real: found no micrograph, expected at least one/],
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
      /--steps: found --translator gaussian, expected cryogem with it/,
    ],
    ["a dose without counting", { dose: 3 }, /--dose: found --translator cryogem, expected poisson/],
  ])("%s is refused", async (_name, more, message) => {
    await expect((async () => train("refused", more))()).rejects.toThrow(message);
    expect(readdirSync(dir)).not.toContain("refused");
  });

  test("a pixel size that differs from the simulation's is refused, naming both", async () => {
    const path = at("other-scale.mrc");
    const { set } = toyTrainingSet({ real: 1, simulated: 1, side: 140 });
    writeReal(path, await set.real.load(0), 3);
    await expect(train("refused", { real: [path] })).rejects.toThrow(
      /other-scale.mrc: found a pixel size of 3 angstrom, expected 4 angstrom as in .*simulated/,
    );
  });

  test("a noisy simulation is refused, unless the clean micrographs were kept", async () => {
    await simulate("noisy", { snr: 0.1 });
    await simulate("kept", { snr: 0.1, keepClean: true });
    await expect(train("refused", { simulated: at("noisy") })).rejects.toThrow(
      /noisy: found micrographs with noise \(SNR 0.1\), expected clean ones: simulate with --snr inf or --keep-clean/,
    );
    await train("from-kept", { simulated: at("kept"), steps: 1 });
    expect(readdirSync(at("from-kept"))).toContain("model.safetensors");
  });
});

describe("generate", () => {
  test("keeps every label and every footprint, and gives the micrographs the contrast of the real ones", async () => {
    await generate("synthetic");
    for (const name of ["micrographs.star", "particles.star", "truth.jsonl", "masks/000001.png"]) {
      expect(readFileSync(at(`synthetic/${name}`), "utf8"), name).toBe(
        readFileSync(at(`simulated/${name}`), "utf8"),
      );
    }
    const dataset = await readDataset(nodeFiles, at("synthetic"));
    const clean = await readDataset(nodeFiles, at("simulated"));
    expect(dataset.manifest.command).toBe("generate");
    expect(dataset.manifest.particles).toBe(clean.manifest.particles);
    for (const [i, record] of dataset.manifest.micrographs.entries()) {
      const made = await readMicrograph(nodeFiles, at("synthetic"), record);
      const source = await readMicrograph(nodeFiles, at("simulated"), clean.manifest.micrographs[i]!);
      const { mean, variance } = moments(made.data);
      expect(mean).toBeGreaterThan(490);
      expect(mean).toBeLessThan(510);
      expect(Math.sqrt(variance)).toBeGreaterThan(12);
      expect(Math.sqrt(variance)).toBeLessThan(28);
      expect(correlation(made.data, source.data)).toBeGreaterThan(0.1);
    }
  });

  test("labels in other forms come on request, later too", async () => {
    await generate("labelled", { labels: ["topaz"] });
    expect(readdirSync(at("labelled/labels"))).toEqual(["topaz-images.txt", "topaz.txt"]);
    await generate("labelled", { labels: ["topaz", "coco"] });
    expect(readdirSync(at("labelled/labels"))).toEqual(["coco.json", "topaz-images.txt", "topaz.txt"]);
  });

  test("interrupted and run again, the bytes are the same; a lost micrograph is made again", async () => {
    const controller = new AbortController();
    const job = contextOf(controller.signal);
    const progress = (event: { readonly done: number }): void => {
      if (event.done === 1) controller.abort();
    };
    const plan = planGeneration({ model: at("model"), simulated: at("simulated"), out: at("broken") });
    const context = { ...job.context, report: { ...job.context.report, progress } };
    await expect(generateDataset(plan, context)).rejects.toThrow(/abort/i);
    await generate("broken");
    const whole = snapshot(at("synthetic"));
    expect(snapshot(at("broken"))).toEqual(whole);
    rmSync(at("broken/micrographs/000002.mrc"));
    await generate("broken");
    expect(snapshot(at("broken"))).toEqual(whole);
  });

  test("another seed gives other noise", async () => {
    await generate("other", { seed: 2 });
    const [a, b] = ["synthetic", "other"].map((name) => readFileSync(at(`${name}/micrographs/000001.mrc`)));
    expect(a!.equals(b!)).toBe(false);
  });

  test("another pixel size than the model's is refused; another contrast is warned of", async () => {
    await simulate("scaled", { pixelSize: 5 });
    await expect(generate("refused", { simulated: at("scaled") })).rejects.toThrow(
      /scaled: found a pixel size of 5 angstrom, expected 4, for which/,
    );
    await expect(generate("refused", { simulated: at("synthetic") })).rejects.toThrow(
      /synthetic: found a dataset that `generate` wrote, expected one of `simulate`/,
    );
    await expect(generate("model", {})).rejects.toThrow(/model: found a folder with other files/);
  });

  test.each(["gaussian", "poisson", "poisson-gaussian", "coloured-gaussian"] as const)(
    "%s is trained and applied by the same two commands",
    async (translator) => {
      const job = contextOf();
      const options = { translator, real, simulated: at("simulated"), out: at(`model-${translator}`) };
      await trainTranslator(planTraining(options), job.context);
      await generate(`synthetic-${translator}`, { model: at(`model-${translator}`) });
      expect(readdirSync(at(`synthetic-${translator}/micrographs`))).toHaveLength(3);
    },
  );
});
