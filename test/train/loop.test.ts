import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { input, mul, reduceSum, square } from "../../src/tensor/index.js";
import { adamFeeds, adamInputs } from "../../src/train/adam.js";
import { floatTensor } from "../../src/train/feeds.js";
import { type Course, type Resumption, runTraining, type StepMetrics } from "../../src/train/loop.js";
import type { TrainingState } from "../../src/train/state.js";
import { optimise } from "../../src/train/update.js";

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 1 });
});

/** Seven steps towards w = 0, each with an x of its own. */
function course(): Course {
  const [x, w] = [input("x", [1]), input("w", [1])];
  const loss = reduceSum(square(mul(x, w)));
  const zero = Float32Array.of(0);
  return {
    phases: [{ outputs: { loss }, updates: optimise(loss, { w }, adamInputs("adam")) }],
    start: new Map([
      ["w", Float32Array.of(4)],
      ["m:w", zero],
      ["v:w", zero],
    ]),
    ...{ steps: 7, every: 3, examples: 1, bounds: {} },
    learningRate: (step) => 0.1 / step,
    feeds: async (step) => ({
      examples: [{ x: floatTensor(Float32Array.of(Math.sin(step))) }],
      shared: adamFeeds("adam", 0.1 / step, step),
    }),
  };
}

/** Runs it and writes down what it hands out; `stopAt` aborts at the end of that step. */
async function run(course: Course, { from, stopAt }: { from?: Resumption; stopAt?: number } = {}) {
  const controller = new AbortController();
  const calls: string[] = [];
  const metrics: StepMetrics[] = [];
  const states = new Map<number, TrainingState>();
  let clock = 0;
  const machine = { runtime, signal: controller.signal, now: () => clock++ };
  const listener = {
    step: async (line: StepMetrics) => {
      calls.push(`step ${line.step}`);
      metrics.push(line);
      if (line.step === stopAt) controller.abort(new Error("enough"));
    },
    warn: (text: string) => void calls.push(text),
    milestone: async (step: number) => void calls.push(`milestone ${step}`),
    checkpoint: async (step: number, state: TrainingState) => {
      calls.push(`checkpoint ${step}`);
      states.set(step, state);
    },
  };
  const result = await runTraining(machine, course, listener, from).catch((error: Error) => error.message);
  return { calls, metrics, states, result };
}

describe("a training's loop", () => {
  test("a milestone, then a checkpoint, every so many steps and after the last", async () => {
    const { calls, metrics, states, result } = await run(course());
    expect(calls).toEqual([
      ...["step 1", "step 2", "step 3", "milestone 3", "checkpoint 3"],
      ...["step 4", "step 5", "step 6", "milestone 6", "checkpoint 6"],
      ...["step 7", "milestone 7", "checkpoint 7"],
    ]);
    expect(result).toEqual(states.get(7));
    expect(metrics[1]).toEqual({
      ...{ step: 2, losses: { loss: expect.any(Number) }, learningRate: 0.05 },
      // the clock ticks once a look: before the data, after them, after the step
      ...{ seconds: 0.002, waiting: 0.001 },
    });
    // (4 sin 1)²
    expect(metrics[0]!.losses["loss"]).toBeCloseTo((4 * Math.sin(1)) ** 2, 5);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    "aborted at step %i it leaves a checkpoint of that step, and no milestone",
    async (stopAt) => {
      const { calls, result } = await run(course(), { stopAt });
      expect(result).toBe("enough");
      const milestone = stopAt % 3 === 0 ? [`milestone ${stopAt}`] : [];
      const last = [`step ${stopAt}`, ...milestone, `checkpoint ${stopAt}`];
      expect(calls.slice(-last.length)).toEqual(last);
      expect(calls.filter((call) => call === `checkpoint ${stopAt}`)).toHaveLength(1);
    },
  );

  test("aborted and continued, it is the uninterrupted training bit for bit", async () => {
    const whole = await run(course());
    for (let stopAt = 1; stopAt <= 7; stopAt++) {
      const first = await run(course(), { stopAt });
      const rest = await run(course(), { from: { step: stopAt, state: first.states.get(stopAt)! } });
      const losses = [...first.metrics, ...rest.metrics].map(({ step, losses }) => [step, losses]);
      expect(losses).toEqual(whole.metrics.map(({ step, losses }) => [step, losses]));
      expect(rest.result).toEqual(whole.result);
      const milestones = [...first.calls, ...rest.calls].filter((call) => call.startsWith("milestone"));
      expect(milestones).toEqual(["milestone 3", "milestone 6", "milestone 7"]);
    }
  });

  test("where no data came because of the abort, no step is counted", async () => {
    const all = course();
    const interrupted = { ...all, feeds: async (step: number) => (step < 3 ? all.feeds(step) : undefined) };
    const { calls } = await run(interrupted);
    expect(calls).toEqual(["step 1", "step 2", "checkpoint 2"]);
  });

  test("a fault while data are made is handed on, and no checkpoint is made of it", async () => {
    const all = course();
    const broken = {
      ...all,
      feeds: async (step: number) => {
        if (step === 2) throw new Error("no such file");
        return all.feeds(step);
      },
    };
    const { calls, result } = await run(broken);
    expect(result).toBe("no such file");
    expect(calls).toEqual(["step 1"]);
  });

  test("a loss above its bound is warned of, once", async () => {
    const { calls } = await run({ ...course(), bounds: { loss: 10 } });
    // (4 sin 1)² and, after a step of 0.1, (3.9 sin 2)²
    expect(calls.slice(0, 3)).toEqual([
      "step 1",
      "step 1: loss is 11.3, above 10: the training has diverged, a lower learning rate may help",
      "step 2",
    ]);
    expect(calls.filter((call) => call.includes("diverged"))).toHaveLength(1);
  });

  test("a loss that is no number ends the training, and no checkpoint is made of it", async () => {
    const all = course();
    const broken = {
      ...all,
      feeds: async (step: number) => ({
        ...(await all.feeds(step))!,
        examples: [{ x: floatTensor(Float32Array.of(step < 5 ? 1 : Number.NaN)) }],
      }),
    };
    const { calls, result } = await run(broken);
    expect(result).toBe(
      "step 5: loss: found NaN, expected a finite number: the training has diverged, a lower learning rate may help",
    );
    expect(calls.slice(-2)).toEqual(["step 4", "step 5"]);
  });
});
