import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime } from "../../src/core/ports.js";
import { Scope } from "../../src/nn/scope.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { input, mul, reduceSum } from "../../src/tensor/index.js";
import { adamFeeds, adamInputs } from "../../src/train/adam.js";
import { averagedParameters, averageFeeds, warmDecay, withAverages } from "../../src/train/average.js";
import { floatTensor } from "../../src/train/feeds.js";
import { Training } from "../../src/train/machine/training.js";
import { firstState } from "../../src/train/state.js";
import { optimise } from "../../src/train/update.js";
import { fakeDevice } from "../helpers/machine/fake-device.js";

describe("the warm-up of a moving average", () => {
  test("the decay begins at 1/10, 2/11, 3/12 and rises to what was asked for", () => {
    expect([1, 2, 3, 11].map((step) => warmDecay(0.999, step))).toEqual([1 / 10, 2 / 11, 1 / 4, 11 / 20]);
    // 890 / 899 is the last below 0.99
    expect(warmDecay(0.99, 890)).toBe(890 / 899);
    expect(warmDecay(0.99, 891)).toBe(0.99);
    expect(warmDecay(0.99, 1e6)).toBe(0.99);
  });

  test("a decay of less than a tenth needs none, and 0 keeps the parameters themselves", () => {
    expect([1, 2, 100].map((step) => warmDecay(0.05, step))).toEqual([0.05, 0.05, 0.05]);
    expect(warmDecay(0, 1)).toBe(0);
  });

  test("what is fed for a step is its decay", () => {
    expect(averageFeeds(0.99, 2)).toEqual({
      averageDecay: { dtype: "float32", dims: [1], data: Float32Array.of(2 / 11) },
    });
  });
});

let cpu: ComputeRuntime;
beforeAll(async () => {
  cpu = await openOnnxCpu({ threads: 1 });
});

/** A loss x w, whose gradient by w is x: Adam moves w by the learning rate against the sign of x. */
function slope() {
  const scope = Scope.root("p");
  const w = scope.parameter("w", [1], { constant: 2 });
  const other = scope.parameter("other", [1], { constant: 7 });
  const loss = reduceSum(mul(input("x", [1]), mul(w, other)));
  const updates = optimise(loss, { "p.w": w, "p.other": other }, adamInputs("adam"));
  const specs = scope.parameters;
  return { specs, phases: [{ outputs: { loss }, updates: withAverages(updates, specs.slice(0, 1)) }] };
}

describe.each([
  ["on the host", 1, false],
  ["on the host, several examples", 2, false],
  ["on a device", 1, true],
  ["on a device, several examples", 2, true],
] as const)("a moving average %s", (_, examples, isDevice) => {
  test("is that of the parameter after each step, worked out by hand, and only of those named", async () => {
    const { specs, phases } = slope();
    const runtime = isDevice ? fakeDevice(cpu).runtime : cpu;
    const training = await Training.open<unknown>(
      runtime as typeof cpu,
      phases,
      firstState(specs, 1),
      examples,
    );
    const x = { x: floatTensor(Float32Array.of(3)) };
    const feeds = Array.from({ length: examples }, () => x);
    for (let step = 1; step <= 3; step++) {
      await training.run({
        examples: feeds,
        shared: { ...adamFeeds("adam", 0.1, step), ...averageFeeds(0.99, step) },
      });
    }
    const state = await training.save();
    await training.close();
    // the gradient 3 · 7 hardly changes, so Adam's steps are 0.1: w is 1.9, 1.8, 1.7 after steps 1, 2, 3; the average begins at 2
    const first = 0.1 * 2 + 0.9 * 1.9; // 1.91
    const second = (2 / 11) * first + (9 / 11) * 1.8; // 1.82
    const third = 0.25 * second + 0.75 * 1.7; // 1.73
    expect([...state.get("p.w")!]).toBeAllclose([1.7], { absolute: 2e-3 });
    expect([...state.get("average:p.w")!]).toBeAllclose([third], { absolute: 2e-3 });
    expect(state.has("average:p.other")).toBe(false);
    expect([...averagedParameters(state)]).toEqual([["p.w", state.get("average:p.w")]]);
  });
});
