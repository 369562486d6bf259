import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { input, mul, reduceSum, square, sub } from "../../src/tensor/index.js";
import { adamFeeds, adamInputs } from "../../src/train/adam.js";
import { type Feeds, floatTensor } from "../../src/train/feeds.js";
import { Training } from "../../src/train/machine/training.js";
import type { StepPhase } from "../../src/train/phase.js";
import { optimise } from "../../src/train/update.js";
import { fakeDevice } from "../helpers/machine/fake-device.js";

let cpu: ComputeRuntime;
beforeAll(async () => {
  cpu = await openOnnxCpu({ threads: 1 });
});

const RATE = 0.5;
const START = new Map([
  ["w", Float32Array.of(1, 2)],
  ["u", Float32Array.of(3)],
]);
for (const [name, values] of [...START]) {
  for (const moment of ["m", "v"]) START.set(`${moment}:${name}`, new Float32Array(values.length));
}

/** First w learns from (x w - y)², then u from u times the sum of the improved w. */
function phases(): StepPhase[] {
  const [x, y, w, u] = [input("x", [2]), input("y", [1]), input("w", [2]), input("u", [1])];
  const scalars = adamInputs("adam");
  const miss = square(sub(reduceSum(mul(x, w)), y));
  const sum = mul(u, reduceSum(w));
  return [
    { outputs: { miss: reduceSum(miss) }, updates: optimise(miss, { w }, scalars) },
    { outputs: { sum: reduceSum(sum) }, updates: optimise(sum, { u }, scalars) },
  ];
}

const example = (x: readonly [number, number], y: number): Feeds => ({
  x: floatTensor(Float32Array.of(...x)),
  y: floatTensor(Float32Array.of(y)),
});
/** With w = [1, 2] they miss by -4, 1 and -3; gradients 2 · miss · x. */
const EXAMPLES = [example([1, 0], 5), example([0, 1], 1), example([1, 1], 6)];

describe.each([
  ["on the host", () => cpu],
  ["on a device", () => fakeDevice(cpu).runtime as unknown as ComputeRuntime],
])("a step over three examples %s", (_, runtimeOf) => {
  test("has the mean losses and the mean gradients, worked out by hand", async () => {
    const training = await Training.open(runtimeOf(), phases(), START, 3);
    const outputs = await training.run({ examples: EXAMPLES, shared: adamFeeds("adam", RATE, 1) });
    const state = await training.save();
    await training.close();
    expect(outputs["miss"]).toBeCloseTo((16 + 1 + 9) / 3, 5);
    // the first moment after one step is the gradient
    expect(state.get("m:w")).toBeAllclose([(-8 - 6) / 3, (2 - 6) / 3], { relative: 1e-6 });
    // Adam's first step is the learning rate against the gradient's sign
    expect(state.get("w")).toBeAllclose([1.5, 2.5], { relative: 1e-6 });
    // the second phase saw w as just improved
    expect(outputs["sum"]).toBeCloseTo(3 * 4, 5);
    expect(state.get("m:u")).toBeAllclose([4], { relative: 1e-6 });
  });

  test("forgets the gradients of the step before", async () => {
    const training = await Training.open(runtimeOf(), phases(), START, 3);
    for (let step = 1; step <= 2; step++) {
      await training.run({ examples: EXAMPLES, shared: adamFeeds("adam", 0, step) });
    }
    const state = await training.save();
    await training.close();
    // nothing was learned at a rate of 0, so both gradients are alike: 0.9 + 1 of them
    expect(state.get("m:w")).toBeAllclose([1.9 * (-14 / 3), 1.9 * (-4 / 3)], { relative: 1e-6 });
  });

  test("of which all are the same is the step over that one", async () => {
    const run = async (examples: number) => {
      const training = await Training.open(runtimeOf(), phases(), START, examples);
      const feeds = {
        examples: Array.from({ length: examples }, () => EXAMPLES[0]!),
        shared: adamFeeds("adam", RATE, 1),
      };
      const outputs = await training.run(feeds);
      const state = await training.save();
      await training.close();
      return { outputs, state };
    };
    const [one, three] = [await run(1), await run(3)];
    expect(Object.keys(three.outputs)).toEqual(Object.keys(one.outputs));
    expect([...three.state.keys()]).toEqual([...one.state.keys()]);
    for (const [name, values] of one.state) {
      expect(three.state.get(name), name).toBeAllclose(values, { relative: 1e-6 });
    }
  });
});

test("another number of examples than the training was opened for is refused", async () => {
  const training = await Training.open(cpu, phases(), START, 3);
  const feeds = { examples: EXAMPLES.slice(1), shared: adamFeeds("adam", RATE, 1) };
  await expect(training.run(feeds)).rejects.toThrow("training step: found 2 examples, expected 3");
  await training.close();
});

test("a parameter that two phases update is refused", async () => {
  const [phase] = phases();
  await expect(Training.open(cpu, [phase!, phase!], START)).rejects.toThrow(
    "training step: w: found updates by two phases, expected one",
  );
});

test.each([1, 3])("on a device nothing is left behind: %i examples", async (examples) => {
  const device = fakeDevice(cpu);
  const training = await Training.open(device.runtime, phases(), START, examples);
  const feeds = (step: number) => ({
    examples: EXAMPLES.slice(0, examples),
    shared: adamFeeds("adam", RATE, step),
  });
  await training.run(feeds(1));
  const held = device.alive.size;
  for (let step = 2; step <= 4; step++) await training.run(feeds(step));
  expect(device.alive.size).toBe(held);
  await training.close();
  expect(device.alive.size).toBe(0);
});
