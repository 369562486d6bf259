import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { drawDefocus, drawIce } from "../../../src/jobs/simulate/draw.js";

const draws = <T>(n: number, draw: (random: Random) => T): T[] =>
  Array.from({ length: n }, (_, i) => draw(Random.of(4, "draw", i)));
const middle = ({ defocusU, defocusV }: { defocusU: number; defocusV: number }): number =>
  (defocusU + defocusV) / 2;

describe("measured defocus", () => {
  const measured = [12_000, 15_000, 16_000, 17_000, 21_000].map((defocus, i) => ({
    defocusU: defocus + 10 * (i + 1),
    defocusV: defocus - 10 * (i + 1),
    defocusAngle: 10 * i,
    phaseShift: 3,
  }));

  test("is drawn from a distribution of the same mean, wider by the kernel", () => {
    const drawn = draws(4000, (random) => drawDefocus({ kind: "measured", measured }, random));
    const before = measured.map(middle);
    const after = drawn.map(middle);
    const spread = standardDeviation(before);
    const kernel = 1.06 * spread * 5 ** -0.2;
    // standard error 60 angstrom
    expect(Math.abs(mean(after) - mean(before))).toBeLessThan(200);
    expect(standardDeviation(after) / Math.sqrt(spread ** 2 + kernel ** 2)).toBeGreaterThan(0.95);
    expect(standardDeviation(after) / Math.sqrt(spread ** 2 + kernel ** 2)).toBeLessThan(1.05);
  });

  test("keeps astigmatism, angle and phase shift of the one it came from", () => {
    for (const { defocusU, defocusV, defocusAngle, phaseShift } of draws(50, (random) =>
      drawDefocus({ kind: "measured", measured }, random),
    )) {
      expect(defocusU - defocusV).toBeCloseTo(20 * (defocusAngle / 10 + 1), 6);
      expect(phaseShift).toBe(3);
    }
    const other = drawDefocus({ kind: "measured", measured, phaseShift: 60 }, Random.of(1, "x"));
    expect(other.phaseShift).toBe(60);
  });

  test("a single one is taken as it is", () => {
    const [only] = measured;
    expect(drawDefocus({ kind: "measured", measured: [only!] }, Random.of(1, "x"))).toEqual(only);
  });
});

test("a range is filled evenly, with every direction of astigmatism", () => {
  const source = { kind: "range", low: 10_000, high: 20_000, astigmatism: 500, phaseShift: 0 } as const;
  const drawn = draws(4000, (random) => drawDefocus(source, random));
  const quarter = (values: number[], low: number, high: number): number =>
    values.filter((value) => value < low + (high - low) / 4).length / values.length;
  expect(Math.abs(quarter(drawn.map(middle), 10_000, 20_000) - 0.25)).toBeLessThan(0.03);
  expect(
    Math.abs(
      quarter(
        drawn.map(({ defocusAngle }) => defocusAngle),
        0,
        180,
      ) - 0.25,
    ),
  ).toBeLessThan(0.03);
  expect(
    Math.abs(
      quarter(
        drawn.map((d) => d.defocusU - d.defocusV),
        0,
        500,
      ) - 0.25,
    ),
  ).toBeLessThan(0.03);
});

describe("ice", () => {
  test("even ice is 1", () => {
    expect(drawIce({ kind: "even" }, Random.of(1, "ice"))).toEqual({ ice: undefined, iceMean: 1 });
  });

  test("a made-up gradient falls by its depth from 1", () => {
    const { ice, iceMean } = drawIce({ kind: "made-up", depth: 0.4 }, Random.of(1, "ice"));
    expect(Math.max(...ice!.data)).toBeCloseTo(1, 6);
    expect(Math.min(...ice!.data)).toBeCloseTo(0.6, 6);
    expect(iceMean).toBeCloseTo(mean(ice!.data), 6);
  });

  test("measured ones are mirrored and turned, all eight ways, and keep their mean", () => {
    const measured = zeros(2, 2);
    measured.data.set([0.2, 0.4, 0.6, 0.8]);
    const drawn = draws(200, (random) => drawIce({ kind: "measured", measured: [measured] }, random));
    expect(new Set(drawn.map(({ ice }) => [...ice!.data].map((w) => w.toFixed(1)).join())).size).toBe(8);
    for (const { iceMean } of drawn) expect(iceMean).toBeCloseTo(0.5, 6);
  });
});
