import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { type FeatureMatrix, fitGaussian, frechetDistance } from "../../../src/evaluate/realism/frechet.js";

const matrix = (rows: readonly (readonly number[])[]): FeatureMatrix => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  dimensions: rows[0]!.length,
});

const column = (values: number | number[]): number[] => (Array.isArray(values) ? values : [values]);

describe("frechetDistance", () => {
  const cases: readonly { a: number[][]; b: number[][]; distance: number }[] = JSON.parse(
    readFileSync(new URL("../../fixtures/evaluate/frechet.json", import.meta.url), "utf8"),
  );

  test.each(cases)("agrees with scipy's matrix square root, case %#", ({ a, b, distance }) => {
    const [first, second] = [a, b].map((rows) => fitGaussian(matrix(rows.map(column))));
    expect(frechetDistance(first!, second!)).toBeCloseTo(distance, 8);
    expect(frechetDistance(second!, first!)).toBeCloseTo(distance, 8);
  });

  test("of diagonal Gaussians is the sum of squared differences of means and of deviations", () => {
    const gaussian = (mean: number[], deviations: number[]) => ({
      mean: Float64Array.from(mean),
      covariance: { data: Float64Array.from([deviations[0]! ** 2, 0, 0, deviations[1]! ** 2]), n: 2 },
    });
    const distance = frechetDistance(gaussian([1, 2], [3, 0.5]), gaussian([4, -2], [1, 2]));
    expect(distance).toBeCloseTo(9 + 16 + 4 + 2.25, 10);
  });

  test("between samples of one distribution it is the documented bias, not 0", () => {
    const random = Random.of(1, "frechet");
    const [rows, dimensions] = [400, 10];
    const sample = (): FeatureMatrix => ({
      data: Float64Array.from({ length: rows * dimensions }, () => random.normal()),
      rows,
      dimensions,
    });
    let sum = 0;
    for (let i = 0; i < 40; i++) sum += frechetDistance(fitGaussian(sample()), fitGaussian(sample())) / 40;
    const bias = (dimensions + (dimensions * (dimensions + 1)) / 4) * (2 / rows);
    expect(sum / bias).toBeGreaterThan(0.9);
    expect(sum / bias).toBeLessThan(1.1);
  });

  test("needs two vectors and equal dimensions", () => {
    expect(() => fitGaussian(matrix([[1, 2]]))).toThrow(/feature vectors for a Gaussian: found 1/);
    const [a, b] = [
      matrix([[1], [2]]),
      matrix([
        [1, 2],
        [2, 4],
      ]),
    ].map(fitGaussian);
    expect(() => frechetDistance(a!, b!)).toThrow(/equal dimensions/);
  });
});
