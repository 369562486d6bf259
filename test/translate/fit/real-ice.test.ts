import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { correlation, mean, standardDeviation, variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { fitRealIce } from "../../../src/translate/fit/real-ice.js";
import { type Ice, layOnIce } from "../../../src/translate/noise/real-ice.js";
import { addBoxes, type Centre } from "../../../src/translate/samples/particle-average.js";
import type { TrainingSet } from "../../../src/translate/samples/sampler.js";
import { TOY_OPTICS } from "../../helpers/toys/training-set.js";

const SIDE = 512;
const DIAMETER = 32;

/** White noise of variance 1 with dark discs on a wide grid, each two standard deviations deep. */
function microgram(depth: number): { readonly image: Image; readonly centres: readonly Centre[] } {
  const image = zeros(SIDE, SIDE);
  Random.of(4, "noise").fillNormal(image.data);
  const centres: Centre[] = [];
  for (let y = 60; y < SIDE - 40; y += 100) for (let x = 60; x < SIDE - 40; x += 100) centres.push({ x, y });
  for (const { x, y } of centres)
    for (let dy = -DIAMETER / 2; dy <= DIAMETER / 2; dy++)
      for (let dx = -DIAMETER / 2; dx <= DIAMETER / 2; dx++)
        if (Math.hypot(dx, dy) <= DIAMETER / 2) image.data[(y + dy) * SIDE + x + dx]! -= depth;
  return { image, centres };
}

const setOf = (image: Image): TrainingSet => {
  const spread = standardDeviation(image.data);
  const average = mean(image.data);
  const real = { data: image.data.map((value) => (value - average) / spread), shape: image.shape };
  return {
    real: { count: 1, load: async () => real },
    realDefocus: [{ defocusU: 21_000, defocusV: 19_000, defocusAngle: 0, phaseShift: 0 }],
    simulated: { count: 0, load: () => Promise.reject(new Error("not needed")) },
    particleDiameter: DIAMETER * 4,
    pixelSize: 4,
  };
};

/** Depth of the mean particle. */
function depthOf(image: Image, centres: readonly Centre[]): number {
  const sum = new Float64Array(16 * 16);
  const count = addBoxes(image, centres, 16, sum);
  return mean(sum) / count;
}

describe("real ice", () => {
  test("has no particles where there were some, as much noise, and is real between them", async () => {
    const { image, centres } = microgram(2);
    const { ices, realShare, signalShare } = await fitRealIce(setOf(image), 1, () => {});
    const [ice] = ices;
    expect(ice!.defocus).toBe(20_000);
    expect(signalShare).toBeGreaterThan(0.1);
    expect(realShare).toBeGreaterThan(0.6);
    expect(depthOf(image, centres)).toBeLessThan(-1.9);
    expect(Math.abs(depthOf(ice!.image, centres))).toBeLessThan(0.1);
    // between particles
    const strip = (of: Image): Float32Array => of.data.filter((_, i) => Math.abs((i % SIDE) - 110) < 6);
    expect(correlation(strip(ice!.image), strip(image))).toBeGreaterThan(0.8);
    const onParticles = (of: Image): Float32Array =>
      of.data.filter((_, i) =>
        centres.some(({ x, y }) => Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y) < 8),
      );
    expect(variance(onParticles(ice!.image))).toBeGreaterThan(0.8);
    expect(variance(onParticles(ice!.image))).toBeLessThan(1.25);
  });

  test("of a micrograph without particles is nearly the micrograph itself", async () => {
    const { image } = microgram(0);
    const { ices, realShare, signalShare } = await fitRealIce(setOf(image), 1, () => {});
    expect(realShare).toBeGreaterThan(0.85);
    expect(signalShare).toBeLessThan(0.02);
    expect(correlation(ices[0]!.image.data, image.data)).toBeGreaterThan(0.87);
  });
});

describe("layOnIce", () => {
  const flat = (value: number, defocus?: number): Ice => ({
    image: { data: new Float32Array(40 * 30).fill(value), shape: [40, 30] },
    ...(defocus !== undefined && { defocus }),
  });
  const clean: Image = {
    data: Float32Array.from({ length: 50 * 60 }, (_, i) => i % 7),
    shape: [50, 60],
  };
  const field = { deviation: 3, cleanDeviation: 4 };
  const laid = (ices: readonly Ice[], seed: number): Image =>
    layOnIce({ image: clean, mean: 3, optics: TOY_OPTICS }, ices, field, Random.of(seed, "laid"));

  test("adds ice of any size to the clean micrograph, both in units of their common deviation", () => {
    const made = laid([flat(2)], 1);
    const expected = clean.data.map((value) => (value - 3) / 5 + (3 / 5) * 2);
    expect(made.data).toBeAllclose(expected, { absolute: 1e-6 });
  });

  test("takes ice of a defocus like the micrograph's, and any where one is not known", () => {
    // 19 750 angstrom is the micrograph's
    const ices = [10_000, 19_000, 19_800, 20_000, 30_000].map((defocus, i) => flat(i, defocus));
    const chosen = (from: readonly Ice[]): Set<number> =>
      new Set(
        Array.from({ length: 60 }, (_, seed) => Math.round(5 * (laid(from, seed).data[0]! + 3 / 5)) / 3),
      );
    expect([...chosen(ices)].sort()).toEqual([1, 2, 3]);
    expect(chosen([...ices, flat(5)]).size).toBe(6);
  });
});
