import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { correlation } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { estimateIce } from "../../src/estimate/ice.js";
import { resampleIce, syntheticIce } from "../../src/physics/ice.js";
import { whiteNoise } from "./simulated.js";

/** Counts of mean 100 and deviation 15 under an ice gradient, dark discs all over, and some dirt. */
function micrograph(ice: Image, seed: number, dirt = 0): Image {
  const [rows, columns] = ice.shape;
  const noise = whiteNoise(rows, columns, seed);
  const image = { data: noise.data.map((value, i) => 100 * ice.data[i]! + 15 * value), shape: ice.shape };
  const random = Random.of(seed, "discs");
  const disc = (radius: number, depth: number): void => {
    const x0 = random.uniform(0, columns);
    const y0 = random.uniform(0, rows);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        if ((x - x0) ** 2 + (y - y0) ** 2 < radius * radius) image.data[y * columns + x]! *= 1 - depth;
      }
    }
  };
  for (let i = 0; i < 60; i++) disc(12, 0.1);
  for (let i = 0; i < dirt; i++) disc(25, 0.6);
  return image;
}

describe("fields of known gradient", () => {
  test.each([1, 2, 3, 4, 5, 6])("field %i correlates above 0.95", (seed) => {
    const truth = syntheticIce([480, 600], 0.3, Random.of(seed, "ice"));
    const found = resampleIce(estimateIce(micrograph(truth, seed)), truth.shape);
    expect(correlation(found.data, truth.data)).toBeGreaterThan(0.95);
  });

  test("the depth of the gradient is that of the field, to a tenth", () => {
    const truth = syntheticIce([480, 600], 0.3, Random.of(1, "ice"));
    const lowest = estimateIce(micrograph(truth, 1)).data.reduce((a, b) => Math.min(a, b));
    expect(Math.abs(lowest - 0.7)).toBeLessThan(0.1);
  });

  test("a few pieces of dirt do not set the scale", () => {
    const truth = syntheticIce([480, 600], 0.3, Random.of(2, "ice"));
    const found = resampleIce(estimateIce(micrograph(truth, 2, 3)), truth.shape);
    expect(correlation(found.data, truth.data)).toBeGreaterThan(0.9);
  });

  test("an image that is not counts gives the same picture: offset and gain do not matter then", () => {
    const truth = syntheticIce([480, 600], 0.3, Random.of(3, "ice"));
    const image = micrograph(truth, 3);
    const normal = (gain: number): Image => ({
      data: image.data.map((value) => (value - 90) * gain),
      shape: image.shape,
    });
    const found = resampleIce(estimateIce(normal(0.01)), truth.shape);
    expect(correlation(found.data, truth.data)).toBeGreaterThan(0.95);
    expect(estimateIce(normal(40)).data).toBeAllclose(estimateIce(normal(0.01)).data, { relative: 1e-3 });
  });
});

test("values lie in (0, 1] and reach 1; the grid has square patches", () => {
  const ice = estimateIce(whiteNoise(300, 610, 4));
  expect(ice.shape).toEqual([32, 65]);
  expect(ice.data.reduce((a, b) => Math.max(a, b))).toBe(1);
  expect(ice.data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(0);
});

test("a constant image is refused", () => {
  expect(() => estimateIce(zeros(300, 300))).toThrow("constant");
});
