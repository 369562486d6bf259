import { describe, expect, test } from "vitest";
import { binImage, binnedPixelSize, planBinning, toBinned, toRaw } from "../../src/array/binning.js";
import type { Image } from "../../src/array/image.js";

/** A smooth spot at (x, y), broad enough for the coarser sampling to hold it. */
function spotAt(shape: readonly [number, number], x: number, y: number, sigma: number): Image {
  const data = new Float32Array(shape[0] * shape[1]);
  for (let row = 0; row < shape[0]; row++) {
    for (let column = 0; column < shape[1]; column++) {
      data[row * shape[1] + column] = Math.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * sigma ** 2));
    }
  }
  return { data, shape };
}

/** Centre of mass of an image that is 0 away from one spot. */
function centreOf({ data, shape }: Image): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    sum += value;
    x += value * (i % shape[1]);
    y += value * Math.floor(i / shape[1]);
  });
  return { x: x / sum, y: y / sum };
}

describe("binning", () => {
  // sizes even and odd, ratios whole and not, the shorter side rounded up and down
  test.each([
    [[400, 300], 2],
    [[300, 400], 2.55],
    [[341, 480], 1.7],
    [[257, 391], 3.1],
    [[256, 256], 2.5],
    [[199, 401], 1.33],
  ] as const)("a raw pixel of %j binned %d times survives the round trip to 0.01 pixel", (shape, ratio) => {
    const binning = planBinning(shape, 1.06, 1.06 * ratio)!;
    const at = { x: 0.61 * shape[1], y: 0.37 * shape[0] };
    // what the image shows, not only what the factors say
    const seen = centreOf(binImage(spotAt(shape, at.x, at.y, 3 * ratio), binning));
    const back = toRaw(binning, seen);
    expect(Math.abs(back.x - at.x)).toBeLessThan(0.01);
    expect(Math.abs(back.y - at.y)).toBeLessThan(0.01);
    const there = toBinned(binning, at);
    expect(there.x).toBeCloseTo(seen.x, 2);
    expect(there.y).toBeCloseTo(seen.y, 2);
  });

  test("the pixels are as wanted or a little finer, and square to half a pixel over a side", () => {
    const binning = planBinning([8184, 11520], 0.53, 2.7)!;
    // 11520 x 0.53 / 2.7 = 2261.3; 8184 x 2262 / 11520 = 1606.96
    expect(binning.binned).toEqual([1607, 2262]);
    expect(binnedPixelSize(binning, 0.53)).toBeCloseTo((11520 * 0.53) / 2262, 12);
    expect(planBinning([4096, 4096], 1, 4)!.binned).toEqual([1024, 1024]);
  });

  test("a micrograph that is as coarse already is left alone", () => {
    expect(planBinning([620, 600], 3, 130 / 48)).toBeUndefined();
    expect(planBinning([620, 600], 3, 3.2)).toBeUndefined();
  });

  test("detail that the coarser pixels cannot hold does not fold into them, the mean is kept", () => {
    const data = Float32Array.from({ length: 64 * 64 }, (_, i) => 5 + Math.cos(Math.PI * 0.9 * (i % 64)));
    const binned = binImage({ data, shape: [64, 64] }, { raw: [64, 64], binned: [32, 32] });
    for (const value of binned.data) expect(Math.abs(value - 5)).toBeLessThan(0.2);
    expect(binned.data.reduce((a, b) => a + b) / 1024).toBeCloseTo(data.reduce((a, b) => a + b) / 4096, 5);
  });

  test("a pixel size of 0 is refused", () => {
    expect(() => planBinning([64, 64], 0, 3)).toThrow("pixel size: found 0, expected 0.01 to 1000 angstrom");
  });
});
