import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import {
  isotropicPower,
  powerSpectrum2d,
  radialAverage,
  radialPowerSpectrum,
  totalPower,
} from "../../../src/array/spectrum/power.js";
import { mean } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";

describe("powerSpectrum2d", () => {
  test("of white noise is flat at the variance, on any frequency but the lowest", () => {
    const image = zeros(300, 340);
    Random.of(5).fillNormal(image.data);
    for (let i = 0; i < image.data.length; i++) image.data[i] = 3 * image.data[i]! + 100;
    const { value, frequency } = radialPowerSpectrum(image, 32);
    expect([...frequency]).toEqual(Array.from({ length: 17 }, (_, i) => i / 32));
    expect(value.slice(3)).toBeAllclose(new Float64Array(14).fill(9), { relative: 0.08 });
    expect(value[0]!).toBeLessThan(6);
    expect(mean(powerSpectrum2d(image, 32, 0).data)).toBeCloseTo(9, 0);
  });

  test("of a wave peaks at its row and column with A² N / 4 over the window's spread", () => {
    const image = zeros(96, 96);
    const amplitude = 2;
    for (let y = 0; y < 96; y++) {
      for (let x = 0; x < 96; x++) {
        image.data[y * 96 + x] = amplitude * Math.cos(2 * Math.PI * ((5 * x) / 32 - (7 * y) / 32));
      }
    }
    const { data, shape } = powerSpectrum2d(image, 32);
    expect(shape).toEqual([32, 32]);
    const peak = (32 - 7) * 17 + 5;
    expect(data.indexOf(Math.max(...data))).toBe(peak);
    // a Hann window spreads one wave: its peak holds (Σ w)² / Σ w² = 2 N / 3 samples an axis
    expect(data[peak]).toBeCloseTo((amplitude ** 2 / 4) * ((2 * 32) / 3) ** 2, 1);
  });

  test("a box larger than the image is refused", () => {
    expect(() => powerSpectrum2d(zeros(16, 20), 18)).toThrow(
      "powerSpectrum2d: box: found 18, expected 8 to 16",
    );
  });
});

test("radialAverage puts each frequency into the nearest ring and counts mirrored columns twice", () => {
  const data = new Float32Array(4 * 3).fill(1);
  data[1] = 5; // kx = 1/4: counts twice
  data[3] = 2; // ky = 1/4: itself one of a pair
  const { frequency, value } = radialAverage({ data, shape: [4, 4] });
  expect([...frequency]).toEqual([0, 0.25, 0.5]);
  // ring 1: (±1, 0), (0, ±1) and the four diagonals at sqrt 2
  expect(value).toBeAllclose([1, (5 + 5 + 2 + 1 + 4) / 8, 1], { relative: 1e-12 });
});

test("radialAverage of an odd tile: rings end below 1/2, all columns but zero count twice", () => {
  const data = new Float32Array(3 * 2).fill(1);
  data[1] = 4; // kx = 1/3, ky = 0: counts twice
  data[2] = 7; // kx = 0, ky = 1/3
  const { frequency, value } = radialAverage({ data, shape: [3, 3] });
  expect(frequency).toBeAllclose([0, 1 / 3], { relative: 1e-12 });
  // ring 1: (±1, 0), (0, ±1) and the four diagonals at sqrt 2, which rounds to 1
  expect(value).toBeAllclose([1, (4 + 4 + 7 + 1 + 4) / 8], { relative: 1e-12 });
});

test("totalPower is the mean over the whole spectrum: middle columns count twice", () => {
  const data = new Float32Array(2 * 3);
  data[1] = 8; // 4 columns: the middle one of three stored counts twice
  data[5] = 16; // Nyquist counts once
  expect(totalPower({ data, shape: [2, 4] })).toBe((2 * 8 + 16) / 8);
  expect(totalPower({ data, shape: [2, 5] })).toBe((2 * 8 + 2 * 16) / 10);
});

test("isotropicPower has a profile's values at the lengths of its frequencies", () => {
  const { data, shape } = isotropicPower({ tile: 4, values: Float64Array.of(1, 3, 7) });
  expect(shape).toEqual([4, 4]);
  const diagonal = 3 + 4 * (Math.SQRT2 - 1); // at sqrt 2 / 4, between 1/4 and 1/2
  const expected = [...[1, 3, 7], ...[3, diagonal, 7], ...[7, 7, 7], ...[3, diagonal, 7]];
  expect(data).toBeAllclose(expected, { relative: 1e-6 });
});
