import { describe, expect, test } from "vitest";
import { centre, type Image } from "../../src/array/image.js";
import type { ComputeRuntime, HostTensor } from "../../src/core/ports.js";
import { poseEncoder } from "../../src/nn/pose-encoder.js";
import { initialValues, Scope } from "../../src/nn/scope.js";
import { PoseEstimator } from "../../src/pose/estimator.js";
import { POSE_PRESETS, type PoseOptions } from "../../src/pose/options.js";

const SIDE = 32;
const { movesShare: _, ...quick } = POSE_PRESETS.quick;
const options: PoseOptions = {
  ...quick,
  side: SIDE,
  moves: 0,
  network: "encoder",
  ...{ width: 1, orientations: 0, ctf: "none", symmetry: "C1", seed: 1 },
};

/** In place of a network: it tells half of the way from the middle to the brightest pixel. */
const halfWay: ComputeRuntime<HostTensor> = {
  ...{ device: "cpu", tensorsOnHost: true, description: "half of the way" },
  load: async () => ({
    run: async ({ images }) => {
      const { dims, data } = images as HostTensor;
      const count = dims[0]!;
      const shift = new Float32Array(2 * count);
      for (let i = 0; i < count; i++) {
        const own = data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE) as Float32Array;
        const brightest = own.indexOf(Math.max(...own));
        const [x, y] = [(brightest % SIDE) - centre(SIDE), Math.floor(brightest / SIDE) - centre(SIDE)];
        shift.set([x / SIDE, y / SIDE], 2 * i);
      }
      const rotation = new Float32Array(9 * count);
      return {
        shift: { dtype: "float32", dims: [count, 2], data: shift },
        rotation: { dtype: "float32", dims: [count, 9], data: rotation },
      };
    },
    close: async () => {},
  }),
  toHost: async (tensor) => tensor,
  dispose: () => {},
};

/** A dot so far from the middle, in an image with room about what the network sees. */
function dotAt(x: number, y: number): Image {
  const side = SIDE + 16;
  const data = new Float32Array(side * side);
  data[(centre(side) + y) * side + centre(side) + x] = 1;
  return { data, shape: [side, side] };
}

describe("several looks", () => {
  const scope = Scope.root("pose");
  poseEncoder(scope, 1, options);
  const parameters = new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 1)]));
  const record = { program: "test", workingPixel: 4, step: 1, options, filter: [] };
  const estimator = new PoseEstimator({ record, parameters }, halfWay);

  test.each([
    [1, 4, -2],
    [2, 6, -3],
    [3, 7, -3.5],
  ])("%i look(s): each begins where the one before saw the particle", async (looks, x, y) => {
    const [poses] = await estimator.estimate([{ image: dotAt(8, -4) }], 1, looks);
    const pose = poses![0]!;
    expect(pose.x).toBeCloseTo(x, 5);
    expect(pose.y).toBeCloseTo(y, 5);
  });
});
