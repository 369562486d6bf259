import { expect, test } from "vitest";
import { irfft3, rfft3 } from "../../../src/array/fft/fft.js";
import type { Volume } from "../../../src/array/image.js";
import { visitHalfSpectrum } from "../../../src/array/spectrum/shells.js";
import { directionalCorrelation } from "../../../src/evaluate/maps/directional.js";
import { colouredNoise } from "./noisy-maps.js";

const BOX = 32;
const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, -Math.SQRT1_2, Math.SQRT1_2],
] as const;

/** Halves that share everything, but for frequencies within 35 degrees of z beyond shell 5. */
function blindAlongZ(): [Volume, Volume] {
  const shared = colouredNoise(BOX, 2, 0, 1);
  return [2, 3].map((seed) => {
    const own = rfft3(colouredNoise(BOX, 2, 0, seed));
    const spectrum = rfft3(shared);
    visitHalfSpectrum(BOX, (at, squared, _kx, _ky, kz) => {
      if (squared < 25 || kz * kz < Math.cos((35 * Math.PI) / 180) ** 2 * squared) return;
      spectrum.data[at] = own.data[at]!;
      spectrum.data[at + 1] = own.data[at + 1]!;
    });
    return irfft3(spectrum, 2);
  }) as [Volume, Volume];
}

test("tells the direction in which halves do not correlate", () => {
  const { curves, areaRatio } = directionalCorrelation(blindAlongZ(), AXES);
  const [x, y, z, between] = curves;
  expect(x!.resolution.crossed).toBe(false);
  expect(y!.resolution.crossed).toBe(false);
  expect(z!.resolution.resolution).toBeCloseTo((BOX * 2) / 5, -0.5);
  // a cone of 20 degrees at 45 degrees from z touches the blind part only by its edge
  expect(between!.area).toBeGreaterThan(0.8 * x!.area);
  expect(areaRatio).toBeCloseTo(z!.area / Math.max(...curves.map(({ area }) => area)), 10);
  expect(areaRatio).toBeLessThan(0.4);
});

test("is 1 for halves alike in all directions, and 0 where nothing correlates", () => {
  const map = colouredNoise(BOX, 2, 0, 4);
  expect(directionalCorrelation([map, map], AXES).areaRatio).toBeCloseTo(1, 5);
  const other = { ...map, data: map.data.map((value) => -value) };
  expect(directionalCorrelation([map, other], AXES).areaRatio).toBe(0);
});
