import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { rescale } from "../../../src/array/interpolation/rescale.js";
import { bin } from "../../../src/array/resample.js";
import { standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";

const made = (rows: number, columns: number, value: (x: number, y: number) => number): Image => ({
  data: Float32Array.from({ length: rows * columns }, (_, i) => value(i % columns, Math.floor(i / columns))),
  shape: [rows, columns],
});

describe("rescale", () => {
  test.each([0.6, 1, 1.7, 3, 7.3])("by %f samples a plane where the new pixels are centred", (factor) => {
    const plane = made(90, 120, (x, y) => 3 * x - 2 * y + 5);
    const shape = [Math.floor(90 / factor), Math.floor(120 / factor)] as const;
    const small = rescale(plane, factor, shape);
    // near the edges part of the kernel is missing
    const rim = Math.ceil(2 / Math.min(1, factor)) + 1;
    let worst = 0;
    for (let row = rim; row < shape[0] - rim; row++) {
      for (let column = rim; column < shape[1] - rim; column++) {
        const [x, y] = [(column + 0.5) * factor - 0.5, (row + 0.5) * factor - 0.5];
        worst = Math.max(worst, Math.abs(small.data[row * shape[1] + column]! - (3 * x - 2 * y + 5)));
      }
    }
    // a thirtieth of a pixel: a widened kernel is not sampled evenly
    expect(worst).toBeLessThan(0.1);
  });

  test("by 1 changes nothing", () => {
    const noise = { data: Random.of(1, "rescale").fillNormal(new Float32Array(35)), shape: [5, 7] } as const;
    expect([...rescale(noise, 1, [5, 7]).data]).toEqual([...noise.data]);
  });

  test("keeps a flat image flat, to its edges", () => {
    for (const value of rescale(
      made(50, 41, () => 7),
      2.3,
      [22, 18],
    ).data)
      expect(value).toBeCloseTo(7, 5);
  });

  test("lets a wave above the new grid's limit vanish, where sampling would keep it", () => {
    const wave = made(64, 256, (x) => Math.cos(2 * Math.PI * 0.4 * x));
    expect(standardDeviation(rescale(wave, 4, [16, 64]).data)).toBeLessThan(0.02);
    const slow = made(64, 256, (x) => Math.cos(2 * Math.PI * 0.02 * x));
    const kept = standardDeviation(rescale(slow, 4, [16, 64]).data);
    expect(kept).toBeCloseTo(standardDeviation(bin(slow, 4).data), 1);
    expect(kept).toBeGreaterThan(0.65);
  });

  test("refuses a factor or a shape without meaning", () => {
    const image = made(8, 8, () => 0);
    expect(() => rescale(image, 0, [8, 8])).toThrow(/rescale: factor: found 0/);
    expect(() => rescale(image, 2, [0, 4])).toThrow(/rescale: rows: found 0/);
  });
});
