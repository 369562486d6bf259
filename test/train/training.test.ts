import { beforeAll, describe, expect, test } from "vitest";
import type { ComputeRuntime, HostTensor } from "../../src/core/ports.js";
import { Random } from "../../src/core/random.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import {
  add,
  compile,
  conv2d,
  input,
  instanceNorm,
  interpret,
  leakyRelu,
  reduceMean,
  sizeOf,
  square,
  stopGradient,
  sub,
  tanh,
  type Value,
} from "../../src/tensor/index.js";
import { adamFeeds, adamInputs, adamScalars } from "../../src/train/adam.js";
import { Training } from "../../src/train/machine/training.js";
import { fuse, type StepPhase } from "../../src/train/phase.js";
import type { TrainingState } from "../../src/train/state.js";
import { optimise, updatesInGraph } from "../../src/train/update.js";
import { fakeDevice } from "../helpers/machine/fake-device.js";
import { runOnce } from "../tensor/run-once.js";

const SHAPES = { gA: [4, 1, 3, 3], gB: [1, 4, 3, 3], dA: [4, 1, 4, 4], dB: [1, 4, 4, 4] } as const;
const IMAGE = [1, 1, 16, 16] as const;
const RATE = 0.01;

const parameter = (name: keyof typeof SHAPES): Value => input(name, SHAPES[name]);
const generate = (x: Value, { gA, gB }: Record<string, Value>): Value =>
  tanh(conv2d(leakyRelu(instanceNorm(conv2d(x, gA!, { pads: 1 })), 0.2), gB!, { pads: 1 }));
const judge = (x: Value, { dA, dB }: Record<string, Value>): Value =>
  conv2d(leakyRelu(conv2d(x, dA!, { stride: 2, pads: 1 }), 0.2), dB!, { pads: 1 });

/** A GAN's step: the discriminator first, then the generator against the improved discriminator. */
function ganStep(): StepPhase[] {
  const scalars = adamInputs("adam");
  const generator = { gA: parameter("gA"), gB: parameter("gB") };
  const discriminator = { dA: parameter("dA"), dB: parameter("dB") };
  const fake = generate(input("simulated", IMAGE), generator);
  const real = judge(input("real", IMAGE), discriminator);
  const dLoss = add(
    reduceMean(square(sub(real, 1))),
    reduceMean(square(judge(stopGradient(fake), discriminator))),
  );
  const gLoss = reduceMean(square(sub(judge(fake, discriminator), 1)));
  return [
    { outputs: { dLoss }, updates: optimise(dLoss, discriminator, scalars, { beta1: 0.5 }) },
    { outputs: { gLoss }, updates: optimise(gLoss, generator, scalars, { beta1: 0.5 }) },
  ];
}

/** The whole step as one graph: its outputs, and every state tensor after it. */
function asOneGraph() {
  const { outputs, carried, updates } = fuse(ganStep());
  return { outputs, next: [...carried, ...updatesInGraph(updates)] };
}

function initialState(): TrainingState {
  const state = new Map<string, Float32Array>();
  for (const [name, shape] of Object.entries(SHAPES)) {
    const values = Random.of(3, name).fillNormal(new Float32Array(sizeOf(shape)));
    state.set(
      name,
      values.map((x) => 0.2 * x),
    );
    for (const moment of ["m", "v"]) state.set(`${moment}:${name}`, new Float32Array(values.length));
  }
  return state;
}

function images(step: number): Record<string, HostTensor> {
  const image = (name: string): HostTensor => ({
    dtype: "float32",
    dims: IMAGE,
    data: Random.of(4, name, step).fillNormal(new Float32Array(256)),
  });
  return { simulated: image("simulated"), real: image("real") };
}

const adamAt = (step: number) => adamFeeds("adam", RATE, step, { beta1: 0.5 });
const feedsAt = (step: number) => ({ examples: [images(step)], shared: adamAt(step) });

let runtime: ComputeRuntime;
beforeAll(async () => {
  runtime = await openOnnxCpu({ threads: 2 });
});

async function runSteps<T>(training: Training<T>, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step <= to; step++) {
    const { dLoss, gLoss } = await training.run(feedsAt(step));
    losses.push(dLoss!, gLoss!);
  }
  return losses;
}

describe("Training", () => {
  test("three steps, saved, restored in another session and three more equal six straight, bit for bit", async () => {
    const straight = await Training.open(runtime, ganStep(), initialState());
    const straightLosses = await runSteps(straight, 1, 6);

    const before = await Training.open(runtime, ganStep(), initialState());
    const losses = await runSteps(before, 1, 3);
    const checkpoint = await before.save();
    await before.close();
    const after = await Training.open(runtime, ganStep(), checkpoint);
    losses.push(...(await runSteps(after, 4, 6)));

    expect(losses).toEqual(straightLosses);
    expect(await after.save()).toEqual(await straight.save());
    await straight.close();
    await after.close();
  });

  test("equals running the compiled graph with fresh buffers each time, bit for bit", async () => {
    const training = await Training.open(runtime, ganStep(), initialState());
    await runSteps(training, 1, 5);
    const { next } = asOneGraph();
    const compiled = compile(Object.fromEntries(next.map(({ name, next }) => [`next:${name}`, next])));
    let state = initialState();
    for (let step = 1; step <= 5; step++) {
      const fed = { ...images(step), ...adamAt(step) };
      const feeds = Object.entries(fed).map(([name, { data }]) => [name, data] as const);
      const results = await runOnce(runtime, compiled, Object.fromEntries([...feeds, ...state]));
      state = new Map(next.map(({ name }) => [name, results[`next:${name}`]!.data as Float32Array]));
    }
    expect(await training.save()).toEqual(state);
    await training.close();
  });

  test("the generator's loss is judged by the discriminator as just updated", async () => {
    const { outputs, next } = asOneGraph();
    const updated = new Map(next.map((tensor) => [tensor.name, tensor.next]));
    const { stepSize, stepEpsilon } = adamScalars(RATE, 1, { beta1: 0.5 });
    const data = Object.entries(images(1)).map(([name, tensor]) => [name, tensor.data] as const);
    const feeds = Object.fromEntries([...initialState(), ...data]);
    const scalars = { "adam:stepSize": [stepSize], "adam:stepEpsilon": [stepEpsilon] };
    const step = interpret(
      { ...outputs, dA: updated.get("dA")!, dB: updated.get("dB")! },
      { ...feeds, ...scalars },
    );

    const parameters = Object.fromEntries(Object.keys(SHAPES).map((name) => [name, parameter(name as "gA")]));
    const gLoss = reduceMean(
      square(sub(judge(generate(input("simulated", IMAGE), parameters), parameters), 1)),
    );
    const byHand = interpret({ gLoss }, { ...feeds, dA: step["dA"]!, dB: step["dB"]! });
    expect(step["gLoss"]).toBeAllclose(byHand["gLoss"]!, { relative: 1e-12 });
    const notUpdated = interpret({ gLoss }, feeds);
    expect(Math.abs(notUpdated["gLoss"]![0]! - step["gLoss"]![0]!)).toBeGreaterThan(1e-3);
  });

  test("saves copies, of the discriminator and then the generator", async () => {
    const training = await Training.open(runtime, ganStep(), initialState());
    await runSteps(training, 1, 2);
    const saved = await training.save();
    const names = ["dA", "dB", "gA", "gB"].flatMap((name) => [name, `m:${name}`, `v:${name}`]);
    expect([...saved.keys()]).toEqual(names);
    const kept = [...saved.values()].map((values) => [...values]);
    await runSteps(training, 3, 5);
    expect([...saved.values()].map((values) => [...values])).toEqual(kept);
    await training.close();
  });

  test("leaves the values it was given as they were", async () => {
    const start = initialState();
    const training = await Training.open(runtime, ganStep(), start);
    await runSteps(training, 1, 2);
    await training.close();
    expect(start).toEqual(initialState());
  });

  test("on a device that has memory of its own takes the same steps, and leaves nothing there", async () => {
    const device = fakeDevice(runtime);
    const onHost = await Training.open(runtime, ganStep(), initialState());
    const onDevice = await Training.open(device.runtime, ganStep(), initialState());
    const losses = await runSteps(onHost, 1, 4);
    expect(await runSteps(onDevice, 1, 4)).toEqual(losses);
    const [expected, found] = [await onHost.save(), await onDevice.save()];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected) expect(found.get(name)).toBeAllclose(values, { relative: 1e-6 });
    await Promise.all([onHost.close(), onDevice.close()]);
    expect(device.alive.size).toBe(0);
  });

  test("a state without a moment, or of another size, is refused by name", async () => {
    const state = new Map(initialState());
    state.delete("v:gB");
    await expect(Training.open(runtime, ganStep(), state)).rejects.toThrow(
      'training state: v:gB: found "nothing", expected 36 numbers',
    );
    state.set("v:gB", new Float32Array(35));
    await expect(Training.open(runtime, ganStep(), state)).rejects.toThrow(
      "v:gB: found 35, expected 36 numbers",
    );
  });
});
