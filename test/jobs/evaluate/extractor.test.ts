import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { gaussianBlur } from "../../../src/array/filter.js";
import type { Image } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { extractorRealism } from "../../../src/jobs/evaluate/extractor.js";
import { type EvaluateOptions, planRealism } from "../../../src/jobs/evaluate/plan.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { averagePool, compile, constant, conv2d, input, relu } from "../../../src/tensor/index.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const at = (name: string): string => join(dir, name);
const paths = (set: string, count = 4): string[] =>
  Array.from({ length: count }, (_, i) => at(`${set}/${i}.mrc`));

/** Blurred noise; what is more blurred is less like the real. */
function micrograph(seed: number, blur: number): Image {
  const image: Image = { data: new Float32Array(64 * 64), shape: [64, 64] };
  Random.of(seed, "extractor job").fillNormal(image.data);
  return gaussianBlur(image, blur);
}

beforeAll(() => {
  const write = (set: string, images: readonly Image[]): void => {
    mkdirSync(at(set));
    for (const [i, { data, shape }] of images.entries()) {
      writeFileSync(at(`${set}/${i}.mrc`), writeMrc({ data, shape: [1, ...shape], voxelSize: 2 }));
    }
  };
  const set = (from: number, blur: number) => [0, 1, 2, 3].map((i) => micrograph(from + i, blur));
  write("real", set(0, 1));
  write("near", set(10, 1));
  write("far", set(20, 2.5));
  // blind to an even grey, as textures are to be told
  const weights = Random.of(1, "extractor job").fillNormal(new Float32Array(6 * 9));
  for (let i = 0; i < 6; i++) {
    const own = weights.subarray(9 * i, 9 * i + 9);
    const average = own.reduce((sum, value) => sum + value / 9, 0);
    for (let k = 0; k < 9; k++) own[k] = 5 * (own[k]! - average);
  }
  const x = input("x", [1, 1, 16, 16]);
  const features = averagePool(relu(conv2d(x, constant(weights, [6, 1, 3, 3]), { pads: 1 })), 16);
  writeFileSync(at("model.onnx"), compile({ features }).model);
});

const OPTIONS = {
  ...{ real: paths("real"), synthetic: [at("near"), at("far")], extractor: at("model.onnx") },
  ...{ extractorPatches: 60 },
};
const run = async (name: string, more: Partial<EvaluateOptions> = {}) => {
  const plan = planRealism({ ...OPTIONS, out: at(name), ...more });
  const { context } = jobContext();
  const runtime = () => openOnnxCpu({ threads: 1 });
  return extractorRealism({ ...plan, extractor: plan.extractor! }, { ...context, runtime });
};

test("tells how far each set lies from the real micrographs, beside floor and ceiling", async () => {
  const result = await run("scores");
  expect(result).toMatchObject({ patch: 16, patches: 60, repeats: 5, range: "unit" });
  const [floor, near, far, ceiling] = result.rows;
  expect([floor, near, far, ceiling].map((row) => row!.role)).toEqual([
    "floor",
    "candidate",
    "candidate",
    "ceiling",
  ]);
  for (const of of ["fid", "kid"] as const) {
    expect(far![of].mean).toBeGreaterThan(5 * Math.abs(near![of].mean));
    expect(ceiling![of].mean).toBeGreaterThan(5 * Math.abs(floor![of].mean));
  }
  expect(floor!.nearest.mean).toBe(1);
  expect(near!.nearest.mean).toBeLessThan(1.5);
  expect(far!.nearest.mean).toBeGreaterThan(2);
  expect(readFileSync(at("scores/extractor.txt"), "utf8")).toContain(
    "60 patches of 16 pixels on either side",
  );
  expect(readFileSync(at("scores/extractor.csv"), "utf8").split("\n")).toHaveLength(6);
  expect(await run("again")).toEqual(result);
});

test.each([
  [{ extractorPatch: 32 }, /extractorPatch: found 32, expected 16, which the model takes/],
  [{ real: paths("real", 1) }, /real: found 1 micrograph, expected 2 or more for an extractor/],
  [{ extractor: at("real/0.mrc") }, /real\/0.mrc: /],
] as const)("%j is refused", async (more, message) => {
  await expect(run("refused", more)).rejects.toThrow(message);
});

test("options of an extractor need one", () => {
  const { extractor: _, ...without } = OPTIONS;
  expect(() => planRealism({ ...without, out: "scores" })).toThrow(
    "extractorPatches: found without `extractor`, expected both",
  );
});
