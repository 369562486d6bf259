import { describe, expect, test } from "vitest";
import { zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { resampleIce, syntheticIce } from "../../src/physics/ice.js";

describe("resampleIce", () => {
  test("keeps a linear gradient linear over the same field of view", () => {
    const coarse = zeros(4, 5);
    for (let i = 0; i < 20; i++)
      coarse.data[i] = 0.2 + 0.1 * ((i % 5) + 0.5) + 0.05 * (Math.floor(i / 5) + 0.5);
    const fine = resampleIce(coarse, [40, 60]);
    for (const [y, x] of [
      [20, 30],
      [8, 10],
      [30, 50],
    ] as const) {
      const exact = 0.2 + (0.1 * 5 * (x + 0.5)) / 60 + (0.05 * 4 * (y + 0.5)) / 40;
      expect(fine.data[y * 60 + x]).toBeCloseTo(exact, 5);
    }
  });

  test("refuses values outside (0, 1]", () => {
    for (const bad of [0, 1.2, Number.NaN]) {
      const ice = { data: Float32Array.from([1, bad]), shape: [1, 2] as const };
      expect(() => resampleIce(ice, [4, 4])).toThrow(/ice gradient: found/);
    }
  });
});

describe("syntheticIce", () => {
  test.each([0, 0.3, 0.8])("falls from 1 by %f, smoothly", (depth) => {
    const { data } = syntheticIce([50, 70], depth, Random.of(2, "ice", depth));
    const low = Math.min(...data);
    expect(Math.max(...data)).toBeCloseTo(1, 5);
    expect(low).toBeCloseTo(1 - depth, 5);
    let steepest = 0;
    for (let i = 1; i < data.length; i++)
      if (i % 70 !== 0) steepest = Math.max(steepest, Math.abs(data[i]! - data[i - 1]!));
    expect(steepest).toBeLessThanOrEqual((4 * depth) / 50);
  });
});
