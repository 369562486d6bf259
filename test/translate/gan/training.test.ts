import { describe, expect, test } from "vitest";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import type { Resumption, StepMetrics } from "../../../src/train/loop.js";
import type { TrainingState } from "../../../src/train/state.js";
import { whiteField } from "../../../src/translate/fit/field.js";
import { generatorState, trainCryogem } from "../../../src/translate/gan/trainer.js";
import { TrainingWatch } from "../../../src/translate/gan/watch.js";
import { type CryogemOptions, learningShareAt, resolveOptions } from "../../../src/translate/options.js";
import { PRESETS } from "../../../src/translate/presets.js";
import type { Sample } from "../../../src/translate/samples/samples.js";
import { type ToySizes, toyTrainingSet } from "../../helpers/toys/training-set.js";

const runtime = openOnnxCpu({ threads: 1 });
const toy: ToySizes = { real: 2, simulated: 2, side: 96, particles: 80 };
const small = {
  crop: 64,
  ngf: 2,
  ndf: 2,
  depth: 4,
  steps: 6,
  queries: 16,
  headWidth: 8,
  noise: "white",
} as const;

async function run(
  more: Partial<CryogemOptions> = {},
  sizes: ToySizes = toy,
  from?: Resumption,
  stopAfter?: number,
) {
  const options = resolveOptions("fast", 3, { ...small, ...more });
  const controller = new AbortController();
  const metrics: StepMetrics[] = [];
  const samples: Sample[] = [];
  const warnings: string[] = [];
  const checkpoints: Resumption[] = [];
  const { set } = toyTrainingSet(sizes);
  const training = trainCryogem(
    { runtime: await runtime, signal: controller.signal, now: () => performance.now() },
    set,
    { options, noise: whiteField({ cleanVariance: 0.02 }, 0.3), every: 3 },
    {
      step: async (line) => {
        metrics.push(line);
        if (line.step === stopAfter) controller.abort();
      },
      sample: async (_step, sample) => void samples.push(sample),
      checkpoint: async (step, state) => void checkpoints.push({ step, state }),
      warn: (text) => void warnings.push(text),
    },
    from,
  );
  const state = await training.catch((error: unknown) => {
    if (stopAfter === undefined) throw error;
    return undefined;
  });
  return { options, metrics, samples, warnings, checkpoints, state };
}

const lossesOf = (metrics: readonly StepMetrics[]) => metrics.map(({ step, losses }) => ({ step, losses }));

function expectSame(a: TrainingState, b: TrainingState): void {
  expect([...a.keys()]).toEqual([...b.keys()]);
  for (const [name, values] of a)
    expect(Buffer.from(values.buffer).equals(Buffer.from(b.get(name)!.buffer)), name).toBe(true);
}

describe("trainCryogem", () => {
  test("every step has finite losses, samples and checkpoints come when they should, parameters move", async () => {
    const { metrics, samples, checkpoints, state, warnings } = await run();
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { losses } of metrics) {
      expect(Object.keys(losses).sort()).toEqual(
        [
          "coarseFake",
          "coarseReal",
          "discriminatorFake",
          "discriminatorReal",
          "fakeDeviation",
          "gan",
          "nce",
        ].sort(),
      );
      for (const value of Object.values(losses)) expect(Number.isFinite(value)).toBe(true);
    }
    expect(checkpoints.map(({ step }) => step)).toEqual([3, 6]);
    expect(samples).toHaveLength(2);
    expect(samples[0]!.particleCorrelation).toBeGreaterThan(0.8);
    const name = "generator.down1.weight";
    expect([...state!.get(name)!]).not.toEqual([...checkpoints[0]!.state.get(name)!]);
    expect(warnings).toEqual([]);
  });

  test("a learning rate that is far too high is warned of", async () => {
    const { warnings } = await run({ steps: 2, learningRate: 1, discriminatorLearningRate: 1 });
    expect(warnings[0]).toMatch(/^step [12]: \w+ is [\d.e+]+, above 100: the training has diverged/);
  });

  test.each([
    {},
    { average: 0, discriminators: 1, generator: "plain", upsampling: "transposed", accumulate: 2 } as const,
  ])(
    "interrupted and resumed, losses and result are bit for bit those of an uninterrupted training: %j",
    async (more) => {
      const whole = await run(more);
      const first = await run(more, toy, undefined, 4);
      expect(first.state).toBeUndefined();
      expect(first.checkpoints.at(-1)!.step).toBe(4);
      const rest = await run(more, toy, first.checkpoints.at(-1)!);
      expect(lossesOf([...first.metrics, ...rest.metrics])).toEqual(lossesOf(whole.metrics));
      expectSame(rest.state!, whole.state!);
    },
  );

  test("a correction starts as the identity: before any step the output is the noisy input", async () => {
    const { metrics } = await run({ steps: 1, noise: "white" });
    expect(metrics[0]!.losses["nce"]).toBeLessThan(4);
    expect(metrics[0]!.losses["fakeDeviation"]).toBeGreaterThan(0.8);
  });

  test("micrographs without a particle train without the contrastive loss", async () => {
    const { metrics } = await run({ steps: 2 }, { ...toy, particles: 0 });
    for (const { losses } of metrics) {
      expect(losses["nce"]).toBe(0);
      expect(Number.isFinite(losses["gan"])).toBe(true);
    }
  });

  test("the generator that is kept is the average, where one is kept", async () => {
    const { state, options } = await run();
    const kept = generatorState(state!, options);
    expect([...kept.keys()].every((name) => name.startsWith("generator."))).toBe(true);
    const name = "generator.up1.weight";
    expect([...kept.get(name)!]).toEqual([...state!.get(`average:${name}`)!]);
    expect([...kept.get(name)!]).not.toEqual([...state!.get(name)!]);
    expect([...generatorState(state!, { ...options, average: 0 }).get(name)!]).toEqual([
      ...state!.get(name)!,
    ]);
  });
});

describe("options", () => {
  test("the paper's preset goes down to one pixel with the paper's weight; a correction does neither", () => {
    expect(resolveOptions("paper", 1, {})).toMatchObject({ depth: 10, nceWeight: 10, snr: 0.1, crop: 1024 });
    expect(resolveOptions("fast", 1, {})).toMatchObject({ depth: 6, nceWeight: 1, snr: null });
    expect(resolveOptions("fast", 1, { generator: "plain", crop: 256 })).toMatchObject({
      depth: 8,
      nceWeight: 10,
    });
    expect(resolveOptions("fast", 1, { noise: "white" }).snr).toBe(0.1);
  });

  test("a crop that cannot be halved often enough is refused", () => {
    expect(() => resolveOptions("fast", 1, { crop: 200, depth: 5 })).toThrow(
      "crop: found 200, expected a multiple of 32",
    );
  });

  test("the learning rate is constant for the first half, then falls in equal steps and ends above zero", () => {
    const options = { ...resolveOptions("fast", 1, {}), steps: 8 };
    const shares = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => learningShareAt(options, step));
    expect(shares).toBeAllclose([1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]);
    expect(PRESETS.fast.decayFrom).toBe(0.5);
  });
});

describe("TrainingWatch", () => {
  const healthy = { discriminatorReal: 0.25, discriminatorFake: 0.25, gan: 0.5, nce: 1, fakeDeviation: 1 };
  const watchFor = (steps: number, losses: Record<string, number>): string[] => {
    const watch = new TrainingWatch();
    return Array.from({ length: steps }, (_, i) => watch.step(i + 1, losses)).filter(
      (text) => text !== undefined,
    );
  };

  test("says nothing of a healthy training", () => {
    expect(watchFor(300, healthy)).toEqual([]);
  });

  test("warns once of a discriminator that has won, but not for a few such steps", () => {
    expect(watchFor(99, { ...healthy, discriminatorReal: 0.001, discriminatorFake: 0.001 })).toEqual([]);
    const warnings = watchFor(300, { ...healthy, discriminatorReal: 0.001, discriminatorFake: 0.001 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^step 100: the discriminator's loss has been 0.0010 for 100 steps/);
  });

  test("warns of collapsed contrast", () => {
    expect(watchFor(120, { ...healthy, fakeDeviation: 0.1 })[0]).toMatch(/0.10 times the real ones'/);
  });

  test("warns when the average particle fades, either below a floor or from its best", () => {
    const watch = new TrainingWatch();
    expect(watch.sample(10, 0.95)).toBeUndefined();
    expect(watch.sample(20, Number.NaN)).toBeUndefined();
    expect(watch.sample(30, 0.8)).toBeUndefined();
    expect(watch.sample(40, 0.65)).toMatch(/correlates 0.65 .*best so far 0.95/);
    expect(watch.sample(50, 0.1)).toBeUndefined();
    expect(new TrainingWatch().sample(1, 0.3)).toMatch(/correlates 0.30/);
  });
});
