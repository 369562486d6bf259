import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import type { Point } from "../../../src/evaluate/picking/matching.js";
import { addCounts, countContent, NOTHING } from "../../../src/evaluate/realism/content.js";

const DIAMETER = 30;
/** 36 places on a grid, each moved a little. */
const points: readonly Point[] = Array.from({ length: 36 }, (_, i) => ({
  x: 50 + (i % 6) * 60 + ((i * 7) % 5),
  y: 50 + Math.floor(i / 6) * 60 + ((i * 3) % 5),
}));

/** Dark rings with a knob, in noise. @param noise standard deviation; a ring is 1 deep */
function micrograph(places: readonly Point[], noise: number, seed = 1): Image {
  const out = zeros(400, 420);
  const random = Random.of(seed, "content");
  for (let i = 0; i < out.data.length; i++) {
    const [x, y] = [i % 420, Math.floor(i / 420)];
    let value = noise * random.normal();
    for (const place of places) {
      const [dx, dy] = [x - place.x, y - place.y];
      const r = Math.sqrt(dx * dx + dy * dy);
      if (r > 25) continue;
      value -= Math.exp(-(((r - 10) / 3) ** 2)) + Math.exp(-((dx - 7) ** 2 + (dy + 5) ** 2) / 8);
    }
    out.data[i] = value;
  }
  return out;
}

const clean = micrograph(points, 0);
const count = (translated: Image) => countContent(clean, translated, points, DIAMETER, 3);

describe("content of a translation", () => {
  test("a micrograph that keeps all its particles", () => {
    expect(count(micrograph(points, 1.5))).toEqual({ particles: 36, lost: 0, moved: 0, invented: 0 });
  });

  test("nine particles are missing", () => {
    const { lost, moved, invented } = count(micrograph(points.slice(9), 1.5));
    // one in twenty of the missing ones is not noticed
    expect(lost).toBeGreaterThanOrEqual(7);
    expect(lost).toBeLessThanOrEqual(9);
    expect(moved).toBeLessThanOrEqual(2);
    expect(invented).toBe(0);
  });

  test("noise alone loses all but one in twenty", () => {
    const counts = [1, 2, 3].map((seed) => count(micrograph([], 1.5, seed))).reduce(addCounts, NOTHING);
    expect(counts.particles).toBe(108);
    expect(counts.lost).toBeGreaterThan(92);
  });

  test("seven particles lie six pixels beside their labels", () => {
    const beside = points.map(({ x, y }, i) => (i < 7 ? { x: x + 6, y } : { x, y }));
    expect(count(micrograph(beside, 1.5))).toEqual({ particles: 36, lost: 0, moved: 7, invented: 0 });
  });

  test("five particles stand where none is labelled", () => {
    const more = points.slice(0, 5).map(({ x, y }) => ({ x: x + 30, y: y + 30 }));
    const { lost, moved, invented } = count(micrograph([...points, ...more], 1));
    expect({ lost, moved }).toEqual({ lost: 0, moved: 0 });
    // as strong as the median particle, so about half of those invented count
    expect(invented).toBeGreaterThanOrEqual(1);
    expect(invented).toBeLessThanOrEqual(5);
    expect(count(micrograph([...points, ...more], 0.05)).invented).toBeGreaterThanOrEqual(1);
  });

  test("larger particles are compared on coarser pixels, with the same result", () => {
    const large = (image: Image): Image => {
      const [rows, columns] = image.shape;
      const data = new Float32Array(9 * rows * columns);
      for (let i = 0; i < data.length; i++) {
        const [x, y] = [i % (3 * columns), Math.floor(i / (3 * columns))];
        data[i] = image.data[Math.floor(y / 3) * columns + Math.floor(x / 3)]!;
      }
      return { data, shape: [3 * rows, 3 * columns] };
    };
    const beside = points.map(({ x, y }, i) => (i < 7 ? { x: x + 6, y } : { x, y }));
    const enlarged = points.map(({ x, y }) => ({ x: 3 * x + 1, y: 3 * y + 1 }));
    const image = large(micrograph(beside, 1.5));
    expect(countContent(large(clean), image, enlarged, 3 * DIAMETER, 3)).toEqual({
      ...{ particles: 36, lost: 0, moved: 7, invented: 0 },
    });
  });

  test("a micrograph without a whole particle", () => {
    expect(countContent(clean, clean, [{ x: 3, y: 3 }], DIAMETER, 1)).toEqual(NOTHING);
  });
});
