import { describe, expect, test } from "vitest";
import {
  multiply,
  symmetricEigen,
  symmetricSquareRoot,
  traceOfRootOfProduct,
} from "../../src/array/eigen.js";
import { kMeans1d } from "../../src/array/regions/cluster.js";
import {
  correlation,
  histogram,
  indexOfNonFinite,
  mean,
  moments,
  normalise,
  quantile,
  standardDeviation,
} from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { oracle, oracleImage } from "./oracle.js";

describe("against numpy and scipy", () => {
  test("moments", () => {
    const found = moments(oracleImage.data);
    expect([found.mean, found.variance, found.skewness, found.excessKurtosis]).toBeAllclose(
      oracle("moments"),
      {
        relative: 1e-12,
      },
    );
    expect(mean(oracleImage.data)).toBeCloseTo(found.mean, 12);
    expect(standardDeviation(oracleImage.data) ** 2).toBeCloseTo(found.variance, 12);
  });

  test("quantiles", () => {
    const found = [0, 0.013, 0.25, 0.5, 0.98, 1].map((fraction) => quantile(oracleImage.data, fraction));
    expect(found).toBeAllclose(oracle("quantiles"), { relative: 1e-12 });
  });

  test("correlation", () => {
    const rows = Array.from({ length: 12 }, (_, y) => [
      ...oracleImage.data.slice((11 - y) * 15, (12 - y) * 15),
    ]);
    expect(correlation(oracleImage.data, rows.flat())).toBeCloseTo(oracle("correlation")[0]!, 12);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBe(0);
    expect(() => correlation([1], [1, 2])).toThrow("correlation: found shape [2]");
  });

  test("histogram", () => {
    expect([...histogram(oracleImage.data, 1, 9, 8)]).toEqual(oracle("histogram"));
    expect([...histogram([0, 1, 2, 2.5], 0, 2, 2)]).toEqual([1, 2]);
  });

  test("eigenvalues, eigenvectors, square root and the Frechet trace", () => {
    const a = { data: Float64Array.from(oracle("matrixA")), n: 6 };
    const b = { data: Float64Array.from(oracle("matrixB")), n: 6 };
    const { values, vectors } = symmetricEigen(a);
    expect(values).toBeAllclose(oracle("eigenvaluesA"), { relative: 1e-12 });
    for (let e = 0; e < 6; e++) {
      const vector = vectors.data.slice(e * 6, (e + 1) * 6);
      const image = Array.from({ length: 6 }, (_, i) =>
        vector.reduce((sum, v, j) => sum + a.data[i * 6 + j]! * v, 0),
      );
      expect(image).toBeAllclose(
        vector.map((v) => v * values[e]!),
        { relative: 0, absolute: 1e-12 * values[0]! },
      );
    }
    const root = symmetricSquareRoot(a);
    expect(multiply(root, root).data).toBeAllclose(a.data, { absolute: 1e-12 * values[0]! });
    expect(traceOfRootOfProduct(a, b)).toBeCloseTo(oracle("traceOfRoot")[0]!, 9);
  });
});

test("symmetricEigen of a 128 x 128 covariance of rank 40 keeps the trace, and its small eigenvalues vanish", () => {
  const n = 128;
  const random = Random.of(3);
  const data = new Float64Array(n * n);
  let trace = 0;
  for (let sample = 0; sample < 40; sample++) {
    const x = Float64Array.from({ length: n }, () => random.normal());
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j]! += x[i]! * x[j]!;
    trace += x.reduce((sum, value) => sum + value * value, 0);
  }
  const { values } = symmetricEigen({ data, n });
  expect(values.reduce((a, b) => a + b)).toBeCloseTo(trace, 6);
  expect(values[39]!).toBeGreaterThan(1);
  for (const value of values.slice(40)) expect(Math.abs(value)).toBeLessThan(1e-10 * trace);
});

test("the first value that is not finite is found wherever it stands, also among large ones", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? 3e38 : -3e38));
  expect(indexOfNonFinite(values)).toBe(-1);
  expect(indexOfNonFinite([])).toBe(-1);
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (const at of [0, 501, 999]) expect(indexOfNonFinite(values.with(at, bad))).toBe(at);
  }
});

describe("normalise", () => {
  test("gives the mean and standard deviation asked for, by a linear map", () => {
    const found = normalise(oracleImage, 150, 40);
    expect(mean(found.data)).toBeCloseTo(150, 4);
    expect(standardDeviation(found.data)).toBeCloseTo(40, 4);
    expect(correlation(found.data, oracleImage.data)).toBeCloseTo(1, 6);
  });

  test("is not moved by a hot and a warm pixel among ten thousand", () => {
    const data = Random.of(1).fillNormal(new Float32Array(10_000));
    const clean = normalise({ data, shape: [100, 100] });
    const hot = data.slice();
    hot[500] = 1e6;
    hot[700] = 50;
    const found = normalise({ data: hot, shape: [100, 100] }).data;
    found[500] = clean.data[500]!;
    found[700] = clean.data[700]!;
    expect(found).toBeAllclose(clean.data, { relative: 1e-3, absolute: 1e-3 });
  });

  test("refuses a constant image", () => {
    expect(() => normalise({ data: new Float32Array(4).fill(2), shape: [2, 2] })).toThrow(
      "expected more than 0",
    );
  });
});

describe("kMeans1d", () => {
  test("finds separated groups whatever their order and size", () => {
    const values = [9.1, 0.1, 5, 0, 8.9, 5.2, -0.1, 9, 0, 0, 0, 0];
    const { centres, labels } = kMeans1d(values, 3);
    expect(centres).toBeAllclose([0, 5.1, 9], { absolute: 1e-12 });
    expect([...labels]).toEqual([2, 0, 1, 0, 2, 1, 0, 2, 0, 0, 0, 0]);
  });

  test("each centre is the mean of its members and no value has a nearer centre", () => {
    const values = Random.of(4).fillNormal(new Float32Array(500));
    const { centres, labels } = kMeans1d(values, 6);
    expect(centres.length).toBe(6);
    centres.forEach((centre, c) => {
      expect(mean(values.filter((_, i) => labels[i] === c))).toBeCloseTo(centre, 10);
    });
    values.forEach((value, i) => {
      const nearest = Math.min(...centres.map((centre) => Math.abs(centre - value)));
      expect(Math.abs(centres[labels[i]!]! - value)).toBe(nearest);
    });
  });

  test("is the best of all groupings of a dozen values", () => {
    const values = Random.of(8).fillNormal(new Float32Array(12)).sort();
    const squares = (part: Float32Array) => part.reduce((sum, x) => sum + (x - mean(part)) ** 2, 0);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < 11; i++) {
      for (let j = i + 1; j < 12; j++) {
        const parts = [values.slice(0, i), values.slice(i, j), values.slice(j)];
        least = Math.min(
          least,
          parts.reduce((sum, part) => sum + squares(part), 0),
        );
      }
    }
    const { centres, labels } = kMeans1d(values, 3);
    const found = values.reduce((sum, x, i) => sum + (x - centres[labels[i]!]!) ** 2, 0);
    expect(found).toBeCloseTo(least, 10);
  });

  test("gives fewer clusters where there are fewer values, and one for a constant", () => {
    expect([...kMeans1d([1, 2, 1, 2], 5).centres]).toEqual([1, 2]);
    expect([...kMeans1d(new Float32Array(9).fill(4), 3).centres]).toEqual([4]);
  });
});
