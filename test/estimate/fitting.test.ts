import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { equiphaseFrequency, halfAberration } from "../../src/estimate/ctf/equiphase.js";
import { minimise } from "../../src/estimate/ctf/nelder-mead.js";
import { solveNonNegative } from "../../src/estimate/ctf/nonnegative.js";
import { fitRings, ringBasis } from "../../src/estimate/ctf/ring-model.js";
import { ctf } from "../../src/physics/optics/ctf.js";

/** Solution of the unconstrained normal equations over a subset, by elimination. */
function solveSubset(a: Float64Array, b: Float64Array, subset: readonly number[]): number[] {
  const rows = subset.map((i) => [...subset.map((j) => a[i * b.length + j]!), b[i]!]);
  for (let i = 0; i < rows.length; i++) {
    for (let r = 0; r < rows.length; r++) {
      if (r === i) continue;
      const factor = rows[r]![i]! / rows[i]![i]!;
      rows[r] = rows[r]!.map((v, c) => v - factor * rows[i]![c]!);
    }
  }
  return rows.map((row, i) => row[rows.length]! / row[i]!);
}

test("non-negative least squares finds the best of all sets of positive coefficients", () => {
  const random = Random.of(1, "nnls");
  for (let round = 0; round < 40; round++) {
    const n = 5;
    const m = Array.from({ length: 9 * n }, () => random.normal());
    const y = Array.from({ length: 9 }, () => random.normal());
    const a = new Float64Array(n * n);
    const b = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let r = 0; r < 9; r++) b[i]! += m[r * n + i]! * y[r]!;
      for (let j = 0; j < n; j++) for (let r = 0; r < 9; r++) a[i * n + j]! += m[r * n + i]! * m[r * n + j]!;
    }
    let best = new Float64Array(n);
    let gain = 0;
    for (let set = 1; set < 1 << n; set++) {
      const subset = Array.from({ length: n }, (_, i) => i).filter((i) => set & (1 << i));
      const x = solveSubset(a, b, subset);
      const explained = subset.reduce((sum, i, k) => sum + b[i]! * x[k]!, 0);
      if (x.some((v) => v < 0) || explained <= gain) continue;
      gain = explained;
      best = new Float64Array(n);
      subset.forEach((i, k) => {
        best[i] = x[k]!;
      });
    }
    expect(solveNonNegative(a, b)).toBeAllclose(best, { relative: 1e-8, absolute: 1e-10 });
  }
});

test("Nelder and Mead's simplex goes down Rosenbrock's valley", () => {
  const valley = ([x, y]: readonly number[]): number => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;
  const { x, value } = minimise(valley, [-1.2, 1], { steps: [0.5, 0.5], tolerance: 1e-8 });
  expect(x).toBeAllclose([1, 1], { absolute: 1e-5 });
  expect(value).toBeLessThan(1e-10);
});

test("the equiphase frequency has the CTF of the mean defocus where another defocus has it", () => {
  const optics = { voltage: 200, sphericalAberration: 2.7, amplitudeContrast: 0.1, phaseShift: 0 };
  const at = (defocus: number) => ctf({ ...optics, defocusU: defocus, defocusV: defocus, defocusAngle: 0 });
  for (const k of [0.02, 0.05, 0.1, 0.15]) {
    const q = equiphaseFrequency(k * k, 16_500, 15_000, halfAberration(optics));
    expect(at(15_000)(q, 0)).toBeCloseTo(at(16_500)(k, 0), 8);
    expect(q).toBeGreaterThan(k);
  }
});

describe("the ring model", () => {
  const k = Float64Array.from({ length: 120 }, (_, i) => 0.03 + i * 0.0015);
  const basis = ringBasis(k, [0.03, 0.2], { baseline: 4, envelope: 3 });
  const ring = k.map((f) => Math.sin(400 * f * f) ** 2);

  test("recovers a baseline and an envelope that lie on its knots", () => {
    const line = (f: number): number => 2 - 5 * f;
    const fall = (f: number): number => 1 - 2 * f;
    const profile = {
      mean: k.map((f, i) => line(f) + fall(f) * ring[i]!),
      count: k.map((f) => (f <= 0.2 ? 7 : 0)),
    };
    const fit = fitRings(profile, ring, basis);
    const inside = (values: Float64Array): Float64Array => values.filter((_, i) => k[i]! <= 0.2);
    expect(inside(fit.baseline)).toBeAllclose(inside(k).map(line), { absolute: 1e-6 });
    expect(inside(fit.envelope)).toBeAllclose(inside(k).map(fall), { absolute: 1e-6 });
  });

  test("gives inverted rings no envelope below zero", () => {
    const profile = { mean: ring.map((value) => 2 - value), count: k.map(() => 1) };
    for (const height of fitRings(profile, ring, basis).envelope) expect(height).toBeGreaterThanOrEqual(0);
  });
});
