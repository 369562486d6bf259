import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { fourierShellCorrelation, fscArea, resolutionAt } from "../../../src/evaluate/maps/fsc.js";
import { lcg } from "../realism/lcg.js";

const volume = (data: ArrayLike<number>, size: number, voxelSize = 2): Volume => ({
  data: Float32Array.from(data),
  shape: [size, size, size],
  voxelSize,
});

describe("fourierShellCorrelation", () => {
  const cases: readonly { size: number; curve: number[] }[] = JSON.parse(
    readFileSync(new URL("../../fixtures/evaluate/fsc.json", import.meta.url), "utf8"),
  );

  test.each(cases)("agrees with numpy shell by shell, $size voxels", ({ size, curve }) => {
    const a = lcg(size ** 3, 3);
    const other = lcg(size ** 3, 4);
    const b = a.map((value, i) => value + other[i]! * 0.8);
    const found = fourierShellCorrelation(volume(a, size), volume(b, size));
    expect(found.correlation).toBeAllclose(curve, { absolute: 2e-6 });
    expect(found.frequencies[2]).toBeCloseTo(2 / (size * 2), 12);
  });

  test("is 1 for a map and its multiple, -1 for its negative", () => {
    const a = lcg(8 ** 3, 1).map((value) => value - 0.5);
    const same = fourierShellCorrelation(
      volume(a, 8),
      volume(
        a.map((value) => 3 * value),
        8,
      ),
    );
    expect(same.correlation).toBeAllclose(new Float64Array(5).fill(1), { relative: 1e-5 });
    expect(fscArea(same)).toBeCloseTo(1, 5);
    const negative = fourierShellCorrelation(
      volume(a, 8),
      volume(
        a.map((value) => -value),
        8,
      ),
    );
    expect(fscArea(negative)).toBeCloseTo(-1, 5);
  });

  test("refuses different sizes, voxel sizes and shapes", () => {
    const a = volume(new Float32Array(64), 4);
    expect(() => fourierShellCorrelation(a, volume(new Float32Array(125), 5))).toThrow(/two cubes/);
    expect(() => fourierShellCorrelation(a, { ...a, voxelSize: 2.1 })).toThrow(
      /voxel size of the second map: found 2.1/,
    );
  });
});

describe("resolutionAt", () => {
  const curve = {
    frequencies: Float64Array.from([0, 0.1, 0.2, 0.3]),
    correlation: Float64Array.from([1, 0.9, 0.3, 0.5]),
  };

  test("interpolates the first crossing between shells", () => {
    expect(resolutionAt(curve, 0.6)).toEqual({ resolution: expect.closeTo(1 / 0.15, 10), crossed: true });
  });

  test("says so when the curve never crosses, or starts below", () => {
    expect(resolutionAt(curve, 0.143)).toEqual({ resolution: expect.closeTo(1 / 0.3, 10), crossed: false });
    expect(resolutionAt(curve, 0.95).resolution).toBe(Number.POSITIVE_INFINITY);
  });
});
