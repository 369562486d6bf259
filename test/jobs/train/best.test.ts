import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { readArrays, readModel } from "../../../src/jobs/shared/models/model-files.js";
import { BestGenerator } from "../../../src/jobs/train/best.js";
import { planTraining, type TrainOptions } from "../../../src/jobs/train/plan.js";
import { trainTranslator } from "../../../src/jobs/train/run.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { whiteField } from "../../../src/translate/fit/field.js";
import { decodeModel } from "../../../src/translate/model.js";
import { heldOutParts, heldOutRows } from "../../../src/translate/samples/held-out.js";
import { sampleStep } from "../../../src/translate/samples/sampler.js";
import { interruptedContext } from "../../helpers/job-context.js";
import { toyTrainingJob } from "../../helpers/toys/training-job.js";
import { toyTrainingSet } from "../../helpers/toys/training-set.js";

const { at, contextOf, trainOptions, train, prepareInputs } = toyTrainingJob();
beforeAll(prepareInputs, 120_000);

interface ScoredStep {
  readonly step: number;
  readonly score: number;
}
const scoresOf = (name: string): readonly ScoredStep[] =>
  readFileSync(at(`${name}/scores.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ScoredStep);

describe("train --keep best", () => {
  // a rate at which the generator first comes nearer and then goes astray
  const options: Partial<TrainOptions> = {
    ...{ keep: "best", steps: 8, every: 2, average: 0 },
    ...{ learningRate: 0.02, discriminatorLearningRate: 0.02 },
  };

  const trainStopped = (name: string, stop: number): Promise<number> =>
    trainTranslator(planTraining(trainOptions(name, options)), interruptedContext(contextOf, stop));

  test("keeps the checkpoint with the least score, and says so", async () => {
    const { notes } = await train("best", options);
    const scores = scoresOf("best");
    expect(scores.map(({ step }) => step)).toEqual([2, 4, 6, 8]);
    const least = scores.reduce((a, b) => (b.score < a.score ? b : a));
    const { record, parameters } = await readModel(nodeFiles, at("best"));
    expect(record.step).toBe(least.step);
    expect(notes.join()).toContain(`kept the generator of step ${least.step} (`);
    expect(existsSync(at("best/best.safetensors"))).toBe(false);
    expect(least.step).toBeLessThan(8);

    // a training that was stopped there left the same generator in its checkpoint
    await expect(trainStopped("until-best", least.step)).rejects.toThrow(/abort/i);
    const path = at("until-best/checkpoint.safetensors");
    const state = decodeModel(await readArrays(nodeFiles, path), path).parameters;
    for (const [name, values] of parameters) expect(state.get(name), name).toEqual(values);
  });

  test("stopped between any two checkpoints, it ends in the same bytes", async () => {
    const bytes = (name: string): Buffer => readFileSync(at(`${name}/model.safetensors`));
    for (const stop of [3, 5, 7]) {
      const name = `stopped-${stop}`;
      await expect(trainStopped(name, stop)).rejects.toThrow(/abort/i);
      // what a process that was killed right after a score had written
      writeFileSync(
        at(`${name}/scores.jsonl`),
        `${readFileSync(at(`${name}/scores.jsonl`), "utf8")}{"step":8,"score":0}\n`,
      );
      await train(name, { ...options, resume: true });
      expect(scoresOf(name)).toEqual(scoresOf("best"));
      expect(bytes(name).equals(bytes("best"))).toBe(true);
    }
  });

  test("micrographs too small for crop and held-out part are refused", async () => {
    await expect(train("small", { keep: "best", crop: 128 })).rejects.toThrow(
      /real-1.mrc: found a micrograph of 140 x 140 pixels, 32 of its rows held out .*, expected at least the crop, 128 x 128/,
    );
  });
});

describe("the best generator", () => {
  const noise = (name: string, side = 96): Image => ({
    data: Random.of(3, name).fillNormal(new Float32Array(side * side)),
    shape: [side, side],
  });
  /** Patches that differ in strength, as none of noise do. */
  const uneven = (name: string): Image => {
    const { data, shape } = noise(name);
    return { data: data.map((value, i) => value * (i % 96 < 32 ? 3 : 1)), shape };
  };
  const parameters = (value: number) => new Map([["generator.x", Float32Array.of(value)]]);
  const open = async (folder: string, resumed = 0) => {
    const saved: (readonly [step: number, value: number])[] = [];
    const parts = [uneven("real 1"), uneven("real 2")];
    const best = await BestGenerator.open(nodeFiles, at(folder), parts, resumed, async (step, kept) => {
      saved.push([step, kept.get("generator.x")![0]!]);
    });
    return { best, saved };
  };

  test("is the one whose patches differ as the held-out ones do, the first of equals, across an interruption", async () => {
    const first = await open("kept");
    await first.best.see(1, [noise("even")], parameters(1));
    await first.best.see(2, [uneven("made")], parameters(2));
    await first.best.see(3, [uneven("made")], parameters(3));
    expect(first.saved).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const [even, near, same] = scoresOf("kept");
    expect(near!.score).toBeLessThan(0.5 * even!.score);
    expect(same!.score).toBe(near!.score);
    const later = await open("kept", 2);
    await later.best.see(3, [noise("even")], parameters(3));
    expect(later.saved).toEqual([]);
    expect(scoresOf("kept").map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  test("does not depend on gain and offset of what is compared", async () => {
    const { best } = await open("gain");
    const { data, shape } = uneven("made");
    await best.see(1, [{ data, shape }], parameters(1));
    await best.see(2, [{ data: data.map((value) => 7 + 2 * value), shape }], parameters(1));
    const [plain, scaled] = scoresOf("gain");
    expect(scaled!.score).toBeCloseTo(plain!.score, 4);
  });
});

test("no crop is drawn from what is held out, which is where the comparison looks", async () => {
  const { set } = toyTrainingSet({ real: 2, simulated: 1, side: 140 });
  const rows = heldOutRows(140);
  const marked = {
    ...set,
    real: {
      count: 2,
      load: async (index: number): Promise<Image> => {
        const { data, shape } = await set.real.load(index);
        return { data: data.map((value, i) => (i >= (140 - rows) * 140 ? 1e6 : value)), shape };
      },
    },
  };
  const field = whiteField({ cleanVariance: 0.02 }, 0.3);
  const largest = async (keep: "last" | "best"): Promise<number> => {
    let most = 0;
    for (let step = 1; step <= 12; step++) {
      const { real } = await sampleStep(marked, field, { crop: 64, queries: 4, seed: 1, keep }, step);
      most = real.reduce((sofar, value) => Math.max(sofar, value), most);
    }
    return most;
  };
  expect(await largest("last")).toBe(1e6);
  expect(await largest("best")).toBeLessThan(1e3);
  for (const part of await heldOutParts(marked.real)) {
    expect(part.shape).toEqual([32, 140]);
    expect(part.data.every((value) => value === 1e6)).toBe(true);
  }
});
