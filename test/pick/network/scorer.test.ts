import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { pickerNetwork } from "../../../src/nn/picker.js";
import { initialValues, Scope } from "../../../src/nn/scope.js";
import { PICKER_DEFAULTS } from "../../../src/pick/defaults.js";
import { decodePicker, encodePicker, type PickerModel } from "../../../src/pick/model.js";
import { NetworkScorer } from "../../../src/pick/network/scorer.js";
import type { PickerOptions } from "../../../src/pick/options.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";

const runtime = openOnnxCpu({ threads: 1 });

function untrained(more: Partial<PickerOptions> = {}): PickerModel {
  const options: PickerOptions = { ...PICKER_DEFAULTS, width: 4, seed: 1, ...more };
  const scope = Scope.root("picker");
  pickerNetwork(scope, options);
  return {
    record: { program: "cryogem 9.9.9", particleDiameter: 120, step: 0, options },
    parameters: new Map(scope.parameters.map((spec) => [spec.name, initialValues(spec, 3)])),
  };
}

const noise = (rows: number, columns: number) => {
  const image = zeros(rows, columns);
  Random.of(2, "scorer").fillNormal(image.data);
  return image;
};

describe("a network's score map", () => {
  test("covers the micrograph at two working pixels a cell, for sizes that no multiple fits", async () => {
    const scorer = new NetworkScorer(untrained(), await runtime, { pixelSize: 2.5 });
    // 120 angstrom over 24 pixels: 5 angstrom a working pixel, 2 micrograph pixels
    const { image, scale } = await scorer.score(noise(201, 307));
    await scorer.close();
    expect(scale).toBe(4);
    expect(image.shape).toEqual([51, 77]);
    expect(image.data.every(Number.isFinite)).toBe(true);
  });

  test.each(["resnet", "unet"] as const)("%s: tiles leave no seam", async (network) => {
    const scorer = new NetworkScorer(untrained({ network }), await runtime, { pixelSize: 5 });
    // longer than one tile; a part in one piece, across the seam, gives the same
    const image = noise(64, 1300);
    const { data, shape } = await scorer.scoreWorking(image);
    const part = zeros(64, 900);
    for (let y = 0; y < 64; y++) part.data.set(image.data.subarray(y * 1300 + 400, (y + 1) * 1300), y * 900);
    const alone = await scorer.scoreWorking(part);
    await scorer.close();
    let worst = 0;
    for (let y = 0; y < 32; y++) {
      // the last cells see zeros beyond the end, of which the two have not equally many
      for (let x = 200 + 28; x < 650 - 28; x++) {
        worst = Math.max(worst, Math.abs(data[y * shape[1] + x]! - alone.data[y * 450 + x - 200]!));
      }
    }
    expect(shape).toEqual([32, 650]);
    expect(worst).toBeLessThan(1e-4);
  });

  test("is the same at another gain, and for another pixel size of the same picture", async () => {
    const scorer = new NetworkScorer(untrained(), await runtime, { pixelSize: 5 });
    const image = noise(80, 96);
    const plain = (await scorer.score(image)).image.data;
    const louder = await scorer.score({ ...image, data: image.data.map((value) => 700 + 64 * value) });
    await scorer.close();
    for (let i = 0; i < plain.length; i++)
      expect(Math.abs(louder.image.data[i]! - plain[i]!)).toBeLessThan(1e-3);
  });

  test("is refused for constant images, for a wrong pixel size and for weights that do not fit", async () => {
    const scorer = new NetworkScorer(untrained(), await runtime, { pixelSize: 5 });
    await expect(scorer.score(zeros(64, 64), "m.mrc")).rejects.toThrow(/m\.mrc: grey levels/);
    await expect(scorer.score(noise(20, 64), "m.mrc")).rejects.toThrow(/m\.mrc: found shape \[20,64\]/);
    expect(() => new NetworkScorer(untrained(), null as never, { pixelSize: 0 })).toThrow(
      /pixel size: found 0/,
    );
    const model = untrained();
    const parameters = new Map(model.parameters).set("picker.stem.weight", new Float32Array(5));
    const broken = new NetworkScorer({ ...model, parameters }, await runtime, { pixelSize: 5 });
    await expect(broken.score(noise(64, 64))).rejects.toThrow(/picker\.stem\.weight: found 5, expected 144/);
  });
});

describe("a picker's file", () => {
  test("holds what was written", () => {
    const model = untrained();
    const validation = {
      micrographs: 2,
      threshold: -0.5,
      precision: 0.9,
      recall: 0.8,
      f1: 0.85,
      auprc: 0.88,
    };
    const stored = { ...model, record: { ...model.record, validation } };
    expect(decodePicker(encodePicker(stored), "p.safetensors")).toEqual(stored);
  });

  test("is told from a model of another job, another version and a damaged one", () => {
    const { tensors, metadata } = encodePicker(untrained());
    const record = JSON.parse(metadata["cryogem"]!) as Record<string, unknown>;
    const decode = (more: Record<string, unknown>) =>
      decodePicker({ tensors, metadata: { cryogem: JSON.stringify({ ...record, ...more }) } }, "m");
    expect(() => decode({ format: "cryogem-model" })).toThrow(
      /m: kind of model: found "cryogem-model", expected cryogem-picker, as `pick train` writes/,
    );
    expect(() => decode({ formatVersion: 7 })).toThrow(/m: formatVersion: found 7, expected 1/);
    expect(() => decode({ particleDiameter: -3 })).toThrow(/particleDiameter/);
    expect(() => decodePicker({ tensors, metadata: {} }, "m")).toThrow(/m: metadata/);
  });
});
