import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { powerSpectrum2d, radialAverage, radialPowerSpectrum } from "../../../src/array/spectrum/power.js";
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
