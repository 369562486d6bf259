import { expect, test } from "vitest";
import { drawSeed, plusDeviates } from "../../src/array/deviates.js";
import { addDeviatesPlain } from "../../src/array/deviates-reference.js";
import { moments } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";

const stream = (index: number): Random => Random.of(3, "deviates", index);
const deviates = (n: number, index = 0): Float32Array => plusDeviates(new Float32Array(n), 1, stream(index));

test("are the very values of plain arithmetic in 32-bit floats", () => {
  const values = Float32Array.from({ length: 40_000 }, (_, i) => Math.sin(i));
  const expected = values.slice();
  addDeviatesPlain(expected, drawSeed(stream(1)), 0.7);
  expect(plusDeviates(values, 0.7, stream(1))).toEqual(expected);
});

test("the same on every machine: the first of a stream", () => {
  expect([...deviates(9)].map((v) => v.toFixed(6))).toMatchInlineSnapshot(`
    [
      "-1.995731",
      "0.202434",
      "0.454068",
      "0.529048",
      "0.867196",
      "0.254445",
      "-1.186064",
      "-2.084568",
      "-0.187273",
    ]
  `);
});

test("any number of them, the stream's own; the values are left as they are", () => {
  const values = new Float32Array(1001).fill(2);
  const plus = plusDeviates(values, 0.5, stream(2));
  const longer = plusDeviates(new Float32Array(70_000).fill(2), 0.5, stream(2));
  expect(plus).toEqual(longer.slice(0, 1001));
  expect(values).toEqual(new Float32Array(1001).fill(2));
  expect(plusDeviates(values, 0.5, stream(3))).not.toEqual(plus);
  expect(plusDeviates(values, 0, stream(2))).toEqual(values);
});

const N = 2_000_000;

/** Phi by Abramowitz & Stegun 7.1.26 is good to 1.5e-7 only; the series and continued fraction of erfc are exact enough. */
function normalCdf(x: number): number {
  if (x < -3) {
    // Laplace's continued fraction of the tail
    let fraction = -x;
    for (let k = 60; k > 0; k--) fraction = -x + k / fraction;
    return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
  }
  if (x > 3) return 1 - normalCdf(-x);
  let term = x;
  let sum = x;
  for (let k = 1; k < 200; k++) {
    term *= (-x * x) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

test("have the moments of a normal distribution, within four standard errors", () => {
  const { mean, variance, skewness, excessKurtosis } = moments(deviates(N));
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(N));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / N));
  expect(Math.abs(skewness)).toBeLessThan(4 * Math.sqrt(6 / N));
  expect(Math.abs(excessKurtosis)).toBeLessThan(4 * Math.sqrt(24 / N));
});

test("have its distribution: Kolmogorov and Smirnov's statistic below that of one in a thousand", () => {
  const sorted = deviates(N).sort();
  let largest = 0;
  for (let i = 0; i < N; i += 7) largest = Math.max(largest, Math.abs(normalCdf(sorted[i]!) - (i + 0.5) / N));
  expect(largest).toBeLessThan(1.95 / Math.sqrt(N));
});

test("have its tails: beyond 4 and beyond 4.75", () => {
  const counts = [0, 0];
  for (let run = 0; run < 5; run++) {
    for (const value of deviates(N, run)) {
      if (Math.abs(value) > 4) counts[0]!++;
      if (Math.abs(value) > 4.75) counts[1]!++;
    }
  }
  for (const [i, level] of [4, 4.75].entries()) {
    const expected = 2 * normalCdf(-level) * 5 * N;
    expect(Math.abs(counts[i]! - expected)).toBeLessThan(4 * Math.sqrt(expected));
  }
});

test("do not follow from each other: correlations up to 40 places and those of the squares", () => {
  const values = deviates(500_000);
  const squares = values.map((v) => v * v - 1);
  for (const series of [values, squares]) {
    const own = series.reduce((sum, v) => sum + v * v, 0);
    for (let lag = 1; lag <= 40; lag++) {
      let sum = 0;
      for (let i = lag; i < series.length; i++) sum += series[i]! * series[i - lag]!;
      expect(Math.abs(sum / own)).toBeLessThan(4.5 / Math.sqrt(series.length));
    }
  }
});
