import { describe, expect, test } from "vitest";
import type { ComputeRuntime, HostTensor } from "../../../src/core/ports.js";
import { Random } from "../../../src/core/random.js";
import { PICKER_NETWORKS } from "../../../src/nn/picker.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { type PickerStep, pickerStep, UNLABELLED_CELLS } from "../../../src/pick/training/step.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { compile, conv2d, grad, input, mul, reduceSum, sizeOf } from "../../../src/tensor/index.js";
import { adamFeeds } from "../../../src/train/adam.js";
import { averageFeeds } from "../../../src/train/average.js";
import { Training } from "../../../src/train/machine/training.js";
import { firstState, type TrainingState } from "../../../src/train/state.js";
import { gpu, isMissing, reason } from "../../helpers/machine/gpu.js";
import { runOnce } from "../../tensor/run-once.js";

const random = (name: string): Random => Random.of(6, "webgpu networks", name);
const normal = (name: string, count: number): Float32Array =>
  random(name).fillNormal(new Float32Array(count));
const float = (data: Float32Array, dims: readonly number[]): HostTensor => ({ dtype: "float32", dims, data });

describe.skipIf(isMissing)(`Winograd's algorithm on the GPU agrees with the CPU${reason}`, () => {
  test("a wide convolution and its gradients", async () => {
    const [channels, side] = [128, 22];
    const x = input("x", [1, channels, side, side]);
    const w = input("w", [channels, channels, 3, 3]);
    const y = conv2d(x, w, { pads: 1 });
    const dy = input("dy", y.type.shape);
    const [dx, dw] = grad(reduceSum(mul(y, dy)), [x, w]);
    const graph = compile({ y, dx: dx!, dw: dw! });
    const feeds = Object.fromEntries(
      [x, w, dy].map(({ type: { shape } }, i) => [["x", "w", "dy"][i]!, normal(String(i), sizeOf(shape))]),
    );
    const expected = await runOnce(await openOnnxCpu({ threads: 2 }), graph, feeds);
    const found = await runOnce(gpu, graph, feeds);
    for (const [name, { data }] of Object.entries(expected)) {
      const size = Math.sqrt([...data].reduce((sum, value) => sum + value * value, 0) / data.length);
      expect(found[name]!.data).toBeAllclose(data, { absolute: 3e-5 * size });
    }
  });
});

const CROP = 32;

/** Three steps of a picker from the same seed: losses, and the first moments after the first, which are the gradients. */
async function train(runtime: ComputeRuntime<unknown>, graph: PickerStep, batch: number) {
  const training = await Training.open(runtime, graph.phases, firstState(graph.parameters, 3));
  const cells = [batch, 1, CROP / 2, CROP / 2];
  const uniform = (name: string): Float32Array =>
    Float32Array.from(
      { length: sizeOf(cells) },
      (
        (r) => () =>
          r.uniform()
      )(random(name)),
    );
  const feeds = {
    images: float(normal("images", batch * CROP * CROP), [batch, 1, CROP, CROP]),
    target: float(uniform("target"), cells),
    weight: float(uniform("weight").fill(1 / sizeOf(cells)), cells),
    unlabelled: {
      ...{ dtype: "int32", dims: [UNLABELLED_CELLS] },
      data: Int32Array.from({ length: UNLABELLED_CELLS }, (_, i) => (7 * i) % sizeOf(cells)),
    } as HostTensor,
  };
  const losses: Record<string, number>[] = [];
  let first: TrainingState | undefined;
  for (let step = 1; step <= 3; step++) {
    const shared = { ...adamFeeds("picker", 1e-3, step), ...averageFeeds(0.5, step) };
    losses.push(await training.run({ examples: [feeds], shared }));
    first ??= await training.save();
  }
  await training.close();
  return { losses, moments: new Map([...first!].filter(([name]) => name.startsWith("m:"))) };
}

describe.skipIf(isMissing)(`a picker's training step on the GPU agrees with the CPU${reason}`, () => {
  test.each(
    PICKER_NETWORKS.flatMap((network) => [
      { network, labels: "complete", share: undefined },
      { network, labels: "incomplete", share: 0.1 },
    ]),
  )("$network, $labels labels", async ({ network, share }) => {
    const batch = 2;
    const graph = pickerStep({ ...PICKER_DEFAULTS, network, width: 4, crop: CROP, batch, seed: 1 }, share);
    const expected = await train(await openOnnxCpu({ threads: 2 }), graph, batch);
    const found = await train(gpu, graph, batch);
    for (const [i, losses] of expected.losses.entries()) {
      for (const [name, value] of Object.entries(losses)) {
        expect([found.losses[i]![name]!]).toBeAllclose([value], { relative: i === 0 ? 1e-5 : 1e-3 });
      }
    }
    for (const [name, values] of expected.moments) {
      const size = Math.max(...values.map(Math.abs));
      expect(found.moments.get(name)).toBeAllclose(values, { absolute: 1e-4 * size + 1e-9 });
    }
  });
});
