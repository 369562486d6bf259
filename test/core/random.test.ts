import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";

describe("fillNormal", () => {
  test.each([0, 1, 2, 3, 10, 101])(
    "%i deviates are those that normal gives, and the stream goes on as it would",
    (n) => {
      for (const before of [0, 1, 2]) {
        const [filled, single] = [Random.of(7, "fill", n), Random.of(7, "fill", n)];
        for (let i = 0; i < before; i++) expect(filled.normal()).toBe(single.normal());
        const expected = Float32Array.from({ length: n }, () => single.normal());
        expect(filled.fillNormal(new Float32Array(n))).toEqual(expected);
        expect([filled.normal(), filled.normal(), filled.bits()]).toEqual([
          single.normal(),
          single.normal(),
          single.bits(),
        ]);
      }
    },
  );

  test("their mean, variance and tails are a normal's", () => {
    const n = 400_000;
    const values = Random.of(8, "normal").fillNormal(new Float32Array(n));
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const variance = values.reduce((a, b) => a + b * b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    for (const [beyond, share] of [
      [1, 0.317311],
      [2, 0.0455],
      [3, 0.0027],
    ] as const) {
      const found = values.filter((v) => Math.abs(v) > beyond).length / n;
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
    }
  });
});
