import { describe, expect, test } from "vitest";
import { sampleHalf } from "../../../src/array/spectrum/sample.js";

describe("sampleHalf", () => {
  // rows at ky = 0, 1/4, 1/2, -1/4; columns at kx = 0, 1/4, 1/2
  const even = Float64Array.of(...[0, 1, 2], ...[10, 11, 12], ...[20, 21, 22], ...[30, 31, 32]);

  test("of 4 x 4: the samples themselves, Nyquist the same from both sides", () => {
    const at = (kx: number, ky: number): number => sampleHalf(even, [4, 4], kx, ky);
    expect([at(0, 0), at(0.25, 0.25), at(0.5, -0.25), at(0.25, 0.5), at(0.25, -0.5)]).toEqual([
      0, 11, 32, 21, 21,
    ]);
  });

  test("between samples: bilinear, rows wrapping around from -1/4 over 0 and from 1/4 over 1/2", () => {
    const at = (kx: number, ky: number): number => sampleHalf(even, [4, 4], kx, ky);
    expect(at(0.125, 0.125)).toBe(5.5); // the mean of 0, 1, 10 and 11
    expect(at(0, -0.125)).toBe(15); // between 30 at -1/4 and 0 at 0
    expect(at(0, -0.375)).toBe(25); // between 20 at -1/2 and 30 at -1/4
    expect(at(0, 0.375)).toBe(15); // between 10 at 1/4 and 20 at 1/2
    expect(at(0.375, 0.0625)).toBe(4); // 1.5 + a quarter of the way to the next row
  });

  test("of 3 x 5, odd: beyond the last stored column, at 2/5, the value stays", () => {
    const odd = Float32Array.of(...[0, 1, 2], ...[3, 4, 5], ...[6, 7, 8]); // ky = 0, 1/3, -1/3
    const at = (kx: number, ky: number): number => sampleHalf(odd, [3, 5], kx, ky);
    expect([at(0.4, 0), at(0.5, 0), at(0.2, 0)]).toEqual([2, 2, 1]);
    expect(at(0.3, -1 / 6)).toBeCloseTo((1.5 + 7.5) / 2, 12);
    expect(at(0, 0.5)).toBeCloseTo(4.5, 12); // half way from 1/3 to -1/3 = 2/3
  });
});
