import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { boxIsInside, cutBox } from "../../../src/jobs/extract/box.js";
import { rescaleBox, treatBox } from "../../../src/jobs/extract/treat.js";

import { numbered } from "./numbered.js";

describe("box", () => {
  test.each([4, 5])("the pixel at (x, y) comes to the centre floor(n / 2) of a box of %i", (size) => {
    const cut = cutBox(numbered(40, 50), 20, 30, size);
    const middle = Math.floor(size / 2);
    expect(cut.data[middle * size + middle]).toBe(3020);
    expect(cut.data[0]).toBe(100 * (30 - middle) + 20 - middle);
  });

  test.each([
    [1, 1],
    [49, 1],
    [1, 39],
    [49, 39],
  ])("outside the image at (%i, %i) there is the nearest pixel, inside nothing moved", (x, y) => {
    const image = numbered(40, 50);
    const cut = cutBox(image, x, y, 7);
    for (let v = 0; v < 7; v++) {
      for (let u = 0; u < 7; u++) {
        const [px, py] = [x - 3 + u, y - 3 + v];
        const [nearX, nearY] = [Math.min(49, Math.max(0, px)), Math.min(39, Math.max(0, py))];
        expect(cut.data[v * 7 + u]).toBe(100 * nearY + nearX);
      }
    }
  });

  test("a box is inside to the last pixel", () => {
    expect(boxIsInside([40, 50], 2, 2, 4)).toBe(true);
    expect(boxIsInside([40, 50], 1, 2, 4)).toBe(false);
    expect(boxIsInside([40, 50], 48, 38, 4)).toBe(true);
    expect(boxIsInside([40, 50], 49, 38, 4)).toBe(false);
    expect(boxIsInside([40, 50], 48, 39, 4)).toBe(false);
  });

  test("normalised, the background has mean 0 and deviation 1, and inversion changes the sign alone", () => {
    const image = zeros(32, 32);
    const random = Random.of(3, "box");
    image.data.forEach((_, i) => {
      image.data[i] =
        random.normal(500, 20) + (((i % 32) - 16) ** 2 + (Math.floor(i / 32) - 16) ** 2 < 64 ? -900 : 0);
    });
    const treated = treatBox(image, { invert: true, background: { radius: 12, ramp: false } });
    const outside = treated.data.filter(
      (_, i) => ((i % 32) - 16) ** 2 + (Math.floor(i / 32) - 16) ** 2 > 144,
    );
    expect(mean(outside)).toBeCloseTo(0, 5);
    expect(standardDeviation(outside)).toBeCloseTo(1, 5);
    expect(treated.data[16 * 32 + 16]!).toBeGreaterThan(30);
    const upright = treatBox(image, { invert: false, background: { radius: 12, ramp: false } });
    expect(upright.data).toEqual(treated.data.map((value) => -value));
  });

  test("a background without any noise cannot be normalised", () => {
    const background = { radius: 6, ramp: true };
    expect(() => treatBox(zeros(16, 16), { invert: true, background })).toThrow(
      "leave out the particle, or `normalise`",
    );
  });
});

describe("rescaleBox", () => {
  test.each([
    [32, 24],
    [24, 32],
  ])("of a wave from %i to %i pixels is the wave at the new pixels", (from, to) => {
    const wave = (n: number): Image => {
      const image = zeros(n, n);
      image.data.forEach((_, i) => {
        const [x, y] = [(i % n) / n, Math.floor(i / n) / n];
        image.data[i] = 3 + Math.cos(2 * Math.PI * (5 * x - 3 * y) + 0.4);
      });
      return image;
    };
    expect(rescaleBox(wave(from), to).data).toBeAllclose(wave(to).data, { absolute: 1e-5 });
  });
});
