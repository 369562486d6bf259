import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import {
  describeExtractor,
  Extractor,
  type ExtractorRange,
  extractorInput,
} from "../../../src/evaluate/realism/extractor.js";
import { type FeatureMatrix, frechetOfVectors } from "../../../src/evaluate/realism/frechet.js";
import { kernelDistance } from "../../../src/evaluate/realism/kid.js";
import { copiedShare, nearestDistances } from "../../../src/evaluate/realism/nearest.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";
import { compile, constant, conv2d, input, relu } from "../../../src/tensor/index.js";
import { wave } from "../../helpers/reference-numbers.js";

/** Made by make_extractor.py: numpy. */
const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/evaluate/extractor.json", import.meta.url), "utf8"),
) as {
  readonly side: number;
  readonly cases: readonly {
    readonly dimensions: number;
    readonly counts: readonly [number, number];
    readonly range: ExtractorRange;
    readonly first: readonly number[];
    readonly fid: number;
    readonly kid: number;
    readonly nearest: readonly number[];
  }[];
};
const { side } = reference;

const patches = (count: number, offset: number, shift: number): Image[] =>
  Array.from({ length: count }, (_, k) => ({
    data: Float32Array.from(wave(side * side, offset + 0.37 * k, 2), (value) => value + shift),
    shape: [side, side],
  }));

/** One convolution as large as the patch, and a ReLU. */
function network(dimensions: number, channels = 3): Uint8Array {
  const weights = constant(wave(dimensions * channels * side * side, 0.4, 0.1), [
    dimensions,
    channels,
    side,
    side,
  ]);
  return compile({ features: relu(conv2d(input("images", [1, channels, side, side]), weights)) }).model;
}

const stacked = (rows: readonly Float64Array[]): FeatureMatrix => ({
  data: Float64Array.from(rows.flatMap((row) => [...row])),
  rows: rows.length,
  dimensions: rows[0]!.length,
});

describe.each(reference.cases)(
  "$dimensions features of $counts patches, range $range",
  ({ dimensions, counts, range, first, fid, kid, nearest }) => {
    test("features, FID, KID and nearest distances are numpy's", async () => {
      const runtime = await openOnnxCpu({ threads: 1 });
      const extractor = await Extractor.open(runtime, network(dimensions), range, "model.onnx");
      const all = async (images: readonly Image[]): Promise<FeatureMatrix> => {
        const rows: Float64Array[] = [];
        for (const image of images) rows.push(await extractor.features(image));
        return stacked(rows);
      };
      const [a, b] = [await all(patches(counts[0], 0.1, 0)), await all(patches(counts[1], 2.3, 0.5))];
      await extractor.close();
      expect(a.data.subarray(0, dimensions)).toBeAllclose(first, { relative: 1e-5, absolute: 1e-5 });
      expect(frechetOfVectors(a, b) / fid).toBeCloseTo(1, 4);
      expect([kernelDistance(a, b)]).toBeAllclose([kid], { relative: 1e-3, absolute: 1e-5 });
      expect(nearestDistances(a, b)).toBeAllclose(nearest, { relative: 1e-4, absolute: 1e-5 });
    });
  },
);

describe("an extractor", () => {
  test("says what images it takes", () => {
    expect(describeExtractor(network(4), "m.onnx")).toEqual({
      ...{ input: "images", output: "features", channels: 3, side },
    });
    expect(() => describeExtractor(Uint8Array.of(1, 2, 3), "m.onnx")).toThrow(/^m\.onnx: /);
    const flat = compile({ y: relu(input("x", [1, 9])) }).model;
    expect(() => describeExtractor(flat, "m.onnx")).toThrow(
      /m\.onnx: first input: found \[1,9\], expected images \[n, 1 or 3 channels, rows, columns\]/,
    );
  });

  test("of one channel takes grey, but not the colours of ImageNet", async () => {
    const runtime = await openOnnxCpu({ threads: 1 });
    await expect(Extractor.open(runtime, network(2, 1), "imagenet", "m.onnx")).rejects.toThrow(
      /channels: found 1, expected 3 for the range imagenet/,
    );
    const patch: Image = { data: Float32Array.of(-9, -3, 0, 1.5), shape: [2, 2] };
    expect(extractorInput(patch, 1, "unit")).toEqual({
      ...{ dtype: "float32", dims: [1, 1, 2, 2], data: Float32Array.of(0, 0, 0.5, 0.75) },
    });
  });
});

describe("copies", () => {
  test("are found where a set repeats real patches, and not where it is as far as real ones are", () => {
    const points = (offset: number): FeatureMatrix => ({
      data: wave(400, offset, 1),
      rows: 100,
      dimensions: 4,
    });
    const [reference, real, fresh] = [points(0), points(1), points(2)];
    const ofReal = nearestDistances(real, reference);
    expect(copiedShare(nearestDistances(reference, reference), ofReal)).toBe(1);
    expect(copiedShare(ofReal, ofReal)).toBeCloseTo(0.05, 2);
    expect(copiedShare(nearestDistances(fresh, reference), ofReal)).toBeLessThan(0.3);
  });
});
