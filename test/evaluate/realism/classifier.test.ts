import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { preparedMicrograph, storageOf } from "../../../src/evaluate/realism/classifier/images.js";
import { splitMicrographs, tiledPlaces } from "../../../src/evaluate/realism/classifier/patches.js";
import { separation, twoSampleTest } from "../../../src/evaluate/realism/classifier/two-sample.js";
import { openOnnxCpu } from "../../../src/runtime/onnx/cpu.js";

const noise = (index: number, change: (value: number, x: number, y: number) => number = (v) => v): Image => {
  const data = Random.of(index, "classifier test").fillNormal(new Float32Array(96 * 96));
  return { data: data.map((value, i) => change(value, i % 96, Math.floor(i / 96))), shape: [96, 96] };
};
const named = (from: number, change?: Parameters<typeof noise>[1]) =>
  Array.from({ length: 6 }, (_, i) => ({
    name: `m${from + i}`,
    image: preparedMicrograph(noise(from + i, change), "full", undefined, "m"),
  }));

describe("separation", () => {
  test("accuracy and AUC by hand; ties count half", () => {
    // pairs (first, second): (-1,0) (-1,2) (-1,3) (0,0) (0,2) (0,3): five right and one tie of six
    const found = separation([-1, 0], [0, 2, 3]);
    expect(found.auc).toBeCloseTo(5.5 / 6, 12);
    expect(found.accuracy).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(separation([1, 2], [-1, -2])).toEqual({ accuracy: 0, auc: 0 });
  });
});

describe("what is compared", () => {
  test("candidates are rounded to the grey levels of the real ones", () => {
    const stored = [1, 2, 3].map((i) => noise(i, (value) => Math.round(100 + 5 * value)));
    const storage = storageOf(stored)!;
    expect(storage.level).toBeCloseTo(1 / 5, 2);
    const rounded = preparedMicrograph(noise(9), "full", storage, "m");
    expect(new Set(rounded.data).size).toBeLessThan(60);
    expect(storageOf([noise(1)])).toBeUndefined();
  });

  test("micrographs are split, never patches; patches cover a micrograph once", () => {
    const { train, test: rest } = splitMicrographs([1, 2, 3, 4, 5], Random.of(1));
    expect([...train, ...rest].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(train).toHaveLength(3);
    expect(tiledPlaces([[70, 100]], 32)).toEqual(
      [3, 35].flatMap((top) => [2, 34, 66].map((left) => ({ micrograph: 0, left, top }))),
    );
  });
});

describe("twoSampleTest", async () => {
  const machine = {
    runtime: await openOnnxCpu(),
    signal: new AbortController().signal,
    now: () => performance.now(),
  };
  const options = { patch: 32, steps: 60 };

  test("tells sets apart that differ in texture, on micrographs that it never saw", async () => {
    const striped = named(20, (value, x) => value + 0.5 * Math.sin(x));
    const found = await twoSampleTest(machine, named(1), striped, options, 1);
    expect(found.accuracy).toBeGreaterThan(0.9);
    expect(found.auc).toBeGreaterThan(0.95);
    expect(found.real.patches).toHaveLength(27);
  });

  test("says whether the difference lies on particles or between them", async () => {
    // particles cover the left third of every micrograph; the candidate's have stripes
    const background = {
      data: Float32Array.from({ length: 96 * 96 }, (_, i) => Number(i % 96 >= 32)),
      shape: [96, 96] as const,
    };
    const masked = (all: ReturnType<typeof named>) => all.map((one) => ({ ...one, background }));
    const striped = named(20, (value, x) => value + (x < 32 ? Math.sin(x) : 0));
    const { places, candidate } = await twoSampleTest(
      machine,
      masked(named(1)),
      masked(striped),
      { ...options, steps: 150 },
      1,
    );
    expect(candidate.patches.map(({ covered }) => covered).slice(0, 3)).toEqual([1, 0, 0]);
    expect(places!.particles.accuracy).toBeGreaterThan(0.85);
    expect(Math.abs(places!.background.accuracy - 0.5)).toBeLessThan(0.2);
    // one side alone tells nothing of places
    expect((await twoSampleTest(machine, named(1), masked(striped), options, 1)).places).toBeUndefined();
  });

  test("is at chance where both sides are of one kind", async () => {
    const aucs: number[] = [];
    for (const seed of [1, 2, 3]) {
      aucs.push((await twoSampleTest(machine, named(1), named(30), options, seed)).auc);
    }
    const mean = aucs.reduce((sum, each) => sum + each) / aucs.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.2);
  });

  test("refuses a single micrograph and patches larger than one", async () => {
    await expect(twoSampleTest(machine, named(1).slice(0, 1), named(9), options, 1)).rejects.toThrow(
      "real micrographs: found 1, expected 2 or more",
    );
    await expect(twoSampleTest(machine, named(1), named(9), { patch: 128, steps: 1 }, 1)).rejects.toThrow(
      /m1: shorter side/,
    );
  });
});
