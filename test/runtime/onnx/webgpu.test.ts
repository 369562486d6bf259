import { describe, expect, test } from "vitest";
import type { ComputeRuntime, HostTensor } from "../../../src/core/ports.js";
import { Random } from "../../../src/core/random.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { openDevice } from "../../../src/runtime/onnx/device.js";
import { compile, input, tanh } from "../../../src/tensor/index.js";
import { Training } from "../../../src/train/machine/training.js";
import { firstState } from "../../../src/train/state.js";
import { stepFeeds } from "../../../src/translate/gan/feeds.js";
import type { StepOptions } from "../../../src/translate/gan/networks.js";
import { translationStep } from "../../../src/translate/gan/step.js";
import { drawQueryPoints } from "../../../src/translate/samples/query-points.js";
import { gpu, isMissing, reason } from "../../helpers/machine/gpu.js";
import { allCases } from "../../tensor/cases.js";
import { checkCase } from "../../tensor/check-case.js";

/** What Vulkan promises of these functions within ±π. */
const PRECISION: Partial<Record<string, number>> = { sin: 2 ** -11, cos: 2 ** -11 };

describe.skipIf(isMissing)(`every operation runs on the GPU and agrees with float64${reason}`, () => {
  test.each(allCases())("$label", async (each) => {
    await checkCase(gpu, each, (op) => ({ relative: 1e-5, absolute: PRECISION[op] ?? 1e-5 }));
  });
});

describe.skipIf(isMissing)(`tensors on the GPU${reason}`, () => {
  test("stay there, are read back, fed again, and given up for a result", async () => {
    const x = input("x", [3]);
    const session = await gpu.load(compile({ y: tanh(x) }).model, { keepOnDevice: ["y"] });
    const start: HostTensor = { dtype: "float32", dims: [3], data: Float32Array.of(0, 1, -2) };
    const { y: first } = await session.run({ x: start });
    expect((first as { location: string }).location).toBe("gpu-buffer");
    const once = [0, Math.tanh(1), Math.tanh(-2)];
    expect((await gpu.toHost(first!)).data).toBeAllclose(once, { relative: 1e-5 });
    const { y: second } = await session.run({ x: first! }, { y: first! });
    expect((await gpu.toHost(second!)).data).toBeAllclose(once.map(Math.tanh), { relative: 1e-5 });
    gpu.dispose(second!);
    await session.close();
  });
});

test.skipIf(isMissing)(`auto compares both devices and says which is faster${reason}`, async () => {
  const notes: string[] = [];
  const taken = await openDevice({ device: "auto" }, (line) => notes.push(line));
  expect(notes).toEqual([
    expect.stringMatching(
      taken.device === "cpu"
        ? /^device: ONNX Runtime on the CPU, .* \(a trial convolution took \d+\.\d times as long on WebGPU as on the CPU\)$/
        : /^device: ONNX Runtime on the GPU, .* \(a trial convolution was \d+\.\d times as fast on WebGPU as on the CPU\)$/,
    ),
  ]);
});

const CROP = 64;

const step = (variant: "paper" | "fast"): StepOptions => ({
  crop: CROP,
  generator: {
    network: "unet",
    width: 4,
    widest: 2,
    depth: 3,
    upsampling: variant === "paper" ? "transposed" : "resize",
    output: variant === "paper" ? "plain" : "correction",
  },
  discriminator: { width: 4, widest: 2, count: variant === "paper" ? 1 : 2 },
  contrast: {
    ...{ kind: "mask", headWidth: 8, levels: 3, points: 8 },
    nce: { variant: "paper", queries: "both", temperature: 0.07 },
  },
  adam: { beta1: 0.5 },
  averaged: variant === "fast",
});

/** Three steps from the same seed: their losses, and the parameters after them. */
async function train(device: ComputeRuntime<unknown>, options: StepOptions, crops: number) {
  const { phases, generator, discriminator, heads } = translationStep(options);
  const start = firstState([...generator, ...discriminator, ...heads], 1);
  const training = await Training.open(device, phases, start, crops);
  const random = Random.of(1, "webgpu test");
  const image = (): Float32Array => random.fillNormal(new Float32Array(CROP * CROP));
  const mask = Uint8Array.from({ length: CROP * CROP }, (_, i) => (i % CROP < 24 ? 1 : 0));
  const losses: Record<string, number>[] = [];
  for (let i = 1; i <= 3; i++) {
    const data = Array.from({ length: crops }, () => ({
      ...{ simulated: image(), real: image(), points: drawQueryPoints(mask, 8, random) },
    }));
    const rates = { learningRate: 1e-4, discriminatorLearningRate: 1e-4 };
    const settings = { step: i, ...rates, nceWeight: 10, averageDecay: 0.9, seed: 1 };
    losses.push(await training.run(stepFeeds(options, [], data, settings)));
  }
  const state = await training.save();
  await training.close();
  return { losses, state };
}

describe.skipIf(isMissing)(`the whole training step on the GPU agrees with the CPU${reason}`, () => {
  test.each([
    ["paper", 1],
    ["fast", 1],
    ["fast", 2],
  ] as const)("%s, crops: %i", async (variant, crops) => {
    const cpu = await train(await openOnnxCpu({ threads: 2 }), step(variant), crops);
    const found = await train(gpu, step(variant), crops);
    for (const [i, losses] of cpu.losses.entries()) {
      for (const [name, value] of Object.entries(losses)) {
        expect([found.losses[i]![name]!]).toBeAllclose([value], { relative: i === 0 ? 1e-5 : 1e-3 });
      }
    }
    // a gradient near zero may have either sign, and Adam makes a whole step of the sign: three steps of 1e-4 each way
    for (const [name, values] of cpu.state) {
      if (!/^[mv]:/.test(name)) expect(found.state.get(name)).toBeAllclose(values, { absolute: 6.1e-4 });
    }
    const changed = [...cpu.state].filter(([name]) => name.startsWith("m:"));
    const size = (of: typeof changed) =>
      Math.sqrt(of.flatMap(([, v]) => [...v]).reduce((s, v) => s + v * v, 0));
    const apart = changed.map(
      ([name, v]) => [name, v.map((x, i) => x - found.state.get(name)![i]!)] as const,
    );
    expect(size(apart as typeof changed) / size(changed)).toBeLessThan(0.02);
  });
});
