import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { writeMrc } from "../../../src/io/mrc/write.js";
import { encodePng } from "../../../src/io/png/write.js";
import { writeArrays } from "../../../src/jobs/shared/models/model-files.js";
import { compareFeatures } from "../../../src/jobs/similarity/run.js";
import { generatorNetwork } from "../../../src/nn/generator.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { nodeFiles } from "../../../src/runtime/files.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { generatorOptions } from "../../../src/translate/generator-runner.js";
import { encodeModel, type Model } from "../../../src/translate/model.js";
import { resolveOptions } from "../../../src/translate/options.js";
import { jobContext } from "../../helpers/job-context.js";
import { scratchFolder } from "../../helpers/scratch.js";

const dir = scratchFolder();
const context = { ...jobContext().context, runtime: () => openOnnxCpu({ threads: 1 }) };

/** A field of noise whose left half is a thousand times as strong: a first feature map tells the halves apart by hand. */
const micrograph = join(dir, "m.mrc");
const mask = join(dir, "mask.png");
const field = zeros(64, 96);
const inside = zeros(64, 96);
const random = Random.of(1, "similarity job");
for (let i = 0; i < field.data.length; i++) {
  const isLeft = i % 96 < 48;
  field.data[i] = random.normal(isLeft ? 1000 : -1000, 1);
  inside.data[i] = isLeft ? 255 : 0;
}
writeFileSync(micrograph, writeMrc({ data: field.data, shape: [1, 64, 96], voxelSize: 2 }));
writeFileSync(mask, encodePng({ shape: inside.shape, channels: 1, samples: Uint8Array.from(inside.data) }));

const options = resolveOptions("fast", 1, { ngf: 2, crop: 64, contrast: "none" });
const scope = Scope.root("generator");
generatorNetwork(scope, generatorOptions(options));
const model: Model = {
  record: {
    ...{ program: "cryogem 9.9.9", pixelSize: 2, dose: 2, step: 0, options },
    translator: "cryogem",
    contrast: { mean: 100, deviation: 10 },
  },
  noise: { deviation: 0.3, cleanDeviation: 0.15 },
  parameters: new Map(
    scope.parameters.map((spec) => [spec.name, initialValues({ ...spec, initial: { normal: 0.5 } }, 5)]),
  ),
};
await writeArrays(nodeFiles, join(dir, "model/checkpoint.safetensors"), encodeModel(model));

const given = { models: [join(dir, "model")], micrograph, at: [40, 30], level: 1, out: join(dir, "out") };

test("places of the query's half are like it, those of the other are not", async () => {
  const [row] = await compareFeatures({ ...given, mask }, context);
  expect(row!.auc).toBeGreaterThan(0.95);
  const written = JSON.parse(readFileSync(join(dir, "out/similarity.json"), "utf8"));
  expect(written).toMatchObject({ at: [40, 30], level: 1, models: [{ auc: row!.auc }] });
  expect(readFileSync(join(dir, "out/similarity.svg"), "utf8")).toContain("particles from ground: AUC");
});

test("without a mask nothing is told of particles; a folder without a checkpoint and a place outside are refused", async () => {
  const [row] = await compareFeatures({ ...given, out: join(dir, "bare") }, context);
  expect(row).not.toHaveProperty("auc");
  await expect(compareFeatures({ ...given, at: [96, 3] }, context)).rejects.toThrow(
    "at: found 96,3, expected a place in 96 x 64 pixels",
  );
  const none = { ...given, models: [dir], out: join(dir, "none") };
  await expect(compareFeatures(none, context)).rejects.toThrow("no checkpoint.safetensors");
  expect(existsSync(join(dir, "none"))).toBe(false);
});
