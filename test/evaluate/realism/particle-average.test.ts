import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { averageParticles, compareAverages } from "../../../src/evaluate/realism/particle-average.js";

/** Rings like those of apoferritin at the given places. */
function micrograph(points: readonly { x: number; y: number }[], noise: number, seed: number): Image {
  const out = zeros(200, 260);
  const random = Random.of(seed, "rings");
  for (let i = 0; i < out.data.length; i++) {
    let value = noise * random.normal();
    for (const { x, y } of points) {
      const r = Math.sqrt(((i % 260) - x) ** 2 + (Math.floor(i / 260) - y) ** 2);
      value -= Math.exp(-(((r - 9) / 2.5) ** 2));
      // a knob at the upper right, so that no mirror image looks the same
      value -= Math.exp(-(((i % 260) - x - 6) ** 2 + (Math.floor(i / 260) - y + 4) ** 2) / 6);
    }
    out.data[i] = value;
  }
  return out;
}

const points = Array.from({ length: 30 }, (_, i) => ({
  x: 24 + (i % 6) * 40,
  y: 22 + Math.floor(i / 6) * 38,
}));
const moved = points.map(({ x, y }) => ({ x: x + 2.3, y: y - 1.4 }));
const clean = averageParticles([{ image: micrograph(points, 0, 0), points }], 32);

describe("particle averages", () => {
  test("noise averages out: the average of noisy boxes correlates with the clean one", () => {
    const noisy = averageParticles(
      [1, 2, 3].map((seed) => ({ image: micrograph(points, 1, seed), points })),
      32,
    );
    expect(noisy.count).toBe(90);
    const { correlation, offset } = compareAverages(noisy.average, clean.average);
    expect(correlation).toBeGreaterThan(0.9);
    expect(offset).toBeLessThan(0.5);
  });

  test("particles moved against their labels show by how much", () => {
    const shifted = averageParticles([{ image: micrograph(moved, 0, 0), points }], 32);
    const { correlation, offsetX, offsetY } = compareAverages(shifted.average, clean.average);
    expect(correlation).toBeLessThan(0.9);
    expect(Math.abs(offsetX - 2.3)).toBeLessThan(0.1);
    expect(Math.abs(offsetY + 1.4)).toBeLessThan(0.1);
    const back = compareAverages(clean.average, shifted.average);
    expect(back.offsetX).toBeCloseTo(-offsetX, 1);
    expect(back.correlation).toBeCloseTo(correlation, 5);
  });

  test("inverted contrast gives a negative correlation", () => {
    const { data, shape } = clean.average;
    expect(
      compareAverages({ data: data.map((value) => -value), shape }, clean.average).correlation,
    ).toBeCloseTo(-1, 5);
  });

  test("boxes over the edge are left out, and without any box it fails", () => {
    const image = micrograph(points, 1, 4);
    const edge = { x: 3, y: 50 };
    expect(averageParticles([{ image, points: [edge, points[0]!] }], 32).count).toBe(1);
    expect(() => averageParticles([{ image, points: [edge] }], 32)).toThrow(/box lies inside/);
  });
});
