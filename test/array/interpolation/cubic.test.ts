import { describe, expect, test } from "vitest";
import { cubicAt, cubicWeight } from "../../../src/array/interpolation/cubic.js";

describe("cubic interpolation", () => {
  const quadratic = (x: number, y: number): number => 3 + 2 * x - y + 0.5 * x * x - 0.25 * y * y + x * y;
  const [rows, columns] = [7, 9];
  const image = {
    data: Float32Array.from({ length: rows * columns }, (_, i) =>
      quadratic(i % columns, Math.floor(i / columns)),
    ),
    shape: [rows, columns] as const,
  };

  // Keys 1981: with a = -1/2 the error is of third order, so that polynomials of second degree come back exactly
  test.each([
    [2.25, 3.5],
    [4, 2.75],
    [6.9, 4.1],
    [3, 3],
  ])("a polynomial of second degree is met at (%f, %f)", (x, y) => {
    expect(cubicAt(image, x, y)).toBeCloseTo(quadratic(x, y), 5);
  });

  test("beyond the edge the nearest pixel goes on", () => {
    expect(cubicAt(image, -5, -8)).toBe(image.data[0]);
    expect(cubicAt(image, 30.5, 2)).toBeCloseTo(quadratic(columns - 1, 2), 5);
  });

  test("weights at every place add up to 1, and the pixel itself counts alone at its own place", () => {
    for (let t = 0; t < 1; t += 0.125) {
      const weights = [1 + t, t, 1 - t, 2 - t].map(cubicWeight);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
    expect([0, 1, -1, 2, 3].map(cubicWeight)).toEqual([1, 0, 0, 0, 0]);
  });
});
