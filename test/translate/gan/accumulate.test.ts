import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { initialValues } from "../../../src/nn/scope.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { interpret, sizeOf } from "../../../src/tensor/index.js";
import { adamFeeds } from "../../../src/train/adam.js";
import { Training } from "../../../src/train/machine/training.js";
import { fuse } from "../../../src/train/phase.js";
import { firstState } from "../../../src/train/state.js";
import { samplingFeeds } from "../../../src/translate/gan/contrast/sampling-inputs.js";
import { stepFeeds } from "../../../src/translate/gan/feeds.js";
import type { StepOptions } from "../../../src/translate/gan/networks.js";
import { translationStep } from "../../../src/translate/gan/step.js";
import type { StepData } from "../../../src/translate/samples/sampler.js";

const CROP = 32;
const QUERIES = 6;
const LEVELS = 2;
const RATE = 1e-3;
const options: StepOptions = {
  crop: CROP,
  generator: { network: "unet", width: 2, widest: 2, depth: 3, upsampling: "resize", output: "plain" },
  discriminator: { width: 2, widest: 2, count: 1 },
  contrast: {
    ...{ kind: "mask", headWidth: 4, levels: LEVELS, points: QUERIES },
    nce: { variant: "paper", queries: "both", temperature: 0.07 },
  },
  adam: { beta1: 0.5 },
  averaged: true,
};

const random = Random.of(8, "accumulate test");
const image = (): Float32Array => random.fillNormal(new Float32Array(CROP * CROP));
const pixels = (): Int32Array => Int32Array.from({ length: QUERIES }, () => random.integer(CROP * CROP));
/** The second crop has no particle: its contrastive loss counts nothing. */
const crops: readonly StepData[] = [
  { simulated: image(), real: image(), points: { particles: pixels(), background: pixels() } },
  { simulated: image(), real: image(), points: { particles: null, background: pixels() } },
  { simulated: image(), real: image(), points: { particles: pixels(), background: pixels() } },
];
const settings = {
  ...{ step: 1, learningRate: RATE, discriminatorLearningRate: RATE, nceWeight: 10, averageDecay: 0.9 },
  seed: 1,
};

type Numbers = Record<string, ArrayLike<number>>;

/** Losses and gradients of the graph of a single crop, in double precision. */
function exactly({ simulated, real, points }: StepData, weights: Numbers) {
  const { phases, generator, discriminator, heads } = translationStep(options);
  const both = [...(points.particles ?? points.background!), ...points.background!];
  const feeds: Numbers = { simulated, real, averageDecay: [0], nceWeight: [points.particles ? 10 : 0] };
  for (let level = 1; level <= LEVELS; level++) {
    for (const [name, { data }] of Object.entries(samplingFeeds(Int32Array.from(both), CROP, level))) {
      feeds[name] = data;
    }
  }
  // a rate of 0: the generator is judged by the discriminator of `weights`
  for (const name of ["generator", "discriminator"]) {
    for (const [input, { data }] of Object.entries(adamFeeds(name, 0, 1, { beta1: 0.5 })))
      feeds[input] = data;
  }
  for (const { name, shape } of [...generator, ...discriminator, ...heads]) {
    const zeros = new Float64Array(sizeOf(shape));
    Object.assign(feeds, { [name]: weights[name]!, [`m:${name}`]: zeros, [`v:${name}`]: zeros });
  }
  const { outputs, updates } = fuse(phases);
  const wanted = { ...outputs };
  for (const { parameter, gradient } of [...phases[0]!.updates, ...updates])
    wanted[`d:${parameter}`] = gradient;
  return interpret(wanted, feeds) as Record<string, Float64Array>;
}

const meanOf = (all: readonly Record<string, Float64Array>[], name: string): Float64Array =>
  all[0]![name]!.map((_, i) => all.reduce((sum, each) => sum + each[name]![i]!, 0) / all.length);

const open = async (count: number) => {
  const { phases, generator, discriminator, heads } = translationStep(options);
  const start = firstState([...generator, ...discriminator, ...heads], 1);
  return Training.open(await openOnnxCpu({ threads: 1 }), phases, start, count);
};

describe("a step over several crops", () => {
  test("has the mean losses, and moments that are the mean gradients, in float64", async () => {
    const { generator, discriminator, heads } = translationStep(options);
    const weights: Record<string, Float64Array> = {};
    for (const spec of [...generator, ...discriminator, ...heads]) {
      weights[spec.name] = Float64Array.from(initialValues(spec, 1));
    }
    const training = await open(crops.length);
    const losses = await training.run(stepFeeds(options, [], crops, settings));
    const state = await training.save();
    await training.close();

    const before = crops.map((crop) => exactly(crop, weights));
    // Adam's first step is the gradient's sign, but for epsilon
    const improved = { ...weights };
    for (const { name } of discriminator) {
      const g = meanOf(before, `d:${name}`);
      improved[name] = weights[name]!.map((w, i) => w - (RATE * g[i]!) / (Math.abs(g[i]!) + 1e-8));
    }
    const after = crops.map((crop) => exactly(crop, improved));
    const tolerance = { relative: 2e-5, absolute: 1e-7 };
    for (const name of ["discriminatorReal", "discriminatorFake"]) {
      expect([losses[name]!]).toBeAllclose(meanOf(before, name), tolerance);
    }
    for (const name of ["gan", "nce", "fakeDeviation"]) {
      expect([losses[name]!]).toBeAllclose(meanOf(after, name), tolerance);
    }
    for (const [specs, exact] of [
      [discriminator, before],
      [[...generator, ...heads], after],
    ] as const) {
      for (const { name } of specs) {
        const expected = meanOf(exact, `d:${name}`);
        const size = Math.max(...expected.map(Math.abs));
        expect(state.get(`m:${name}`)).toBeAllclose(expected, { absolute: 3e-5 * size + 1e-9 });
      }
    }
  });

  test("that are all the same crop is the step over that crop", async () => {
    const [one, three] = [await open(1), await open(3)];
    const crop = crops[0]!;
    for (let step = 1; step <= 2; step++) {
      const expected = await one.run(stepFeeds(options, [], [crop], { ...settings, step }));
      const found = await three.run(stepFeeds(options, [], [crop, crop, crop], { ...settings, step }));
      expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, value] of Object.entries(expected)) {
        expect([found[name]!]).toBeAllclose([value], { relative: step === 1 ? 1e-5 : 1e-3 });
      }
    }
    const [expected, found] = [await one.save(), await three.save()];
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    await Promise.all([one.close(), three.close()]);
  });
});
