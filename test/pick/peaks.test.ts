import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { findPeaks, type Peak } from "../../src/pick/peaks.js";

/** A map of given values, row by row. */
const mapOf = (rows: readonly (readonly number[])[], scale = 1) => ({
  image: { data: Float32Array.from(rows.flat()), shape: [rows.length, rows[0]!.length] as const },
  scale,
});

function randomImage(rows: number, columns: number, seed: number): Image {
  const image = zeros(rows, columns);
  Random.of(seed, "peaks").fillNormal(image.data);
  return image;
}

/** Suppression as its definition reads: the highest that is left, then away with all nearer than the distance. */
function suppressPlainly(peaks: readonly Peak[], distance: number): Peak[] {
  const kept: Peak[] = [];
  let left = [...peaks];
  while (left.length > 0) {
    const best = left.reduce((a, b) => (b.score > a.score ? b : a));
    kept.push(best);
    left = left.filter((p) => p !== best && (p.x - best.x) ** 2 + (p.y - best.y) ** 2 >= distance ** 2);
  }
  return kept;
}

describe("findPeaks", () => {
  test.each([1, 2, 3])("suppresses exactly as the plain greedy rule, random map %i", (seed) => {
    const map = { image: randomImage(60, 83, seed), scale: 3 };
    const shape = [180, 249] as const;
    const all = findPeaks(map, shape, { distance: 0 });
    expect(all.length).toBeGreaterThan(300);
    for (const distance of [4, 11.5, 40, 1000]) {
      expect(findPeaks(map, shape, { distance })).toEqual(suppressPlainly(all, distance));
    }
  });

  test.each([1, 2, 7])(
    "recovers the top of a paraboloid in micrograph pixels, %i of them to a cell",
    (scale) => {
      const [x, y] = [8.31 * scale, 5.77 * scale];
      const image = zeros(12, 17);
      image.data.forEach((_, i) => {
        // cell i is centred at (i + 0.5) scale - 0.5
        const [u, v] = [((i % 17) + 0.5) * scale - 0.5, (Math.floor(i / 17) + 0.5) * scale - 0.5];
        image.data[i] = 500 - ((u - x) ** 2 + 2 * (v - y) ** 2) / scale ** 2;
      });
      const [peak, ...others] = findPeaks({ image, scale }, [12 * scale, 17 * scale], { distance: 5 });
      expect(others).toEqual([]);
      expect(peak!.x).toBeCloseTo(x, 3);
      expect(peak!.y).toBeCloseTo(y, 3);
    },
  );

  test("a peak in the corner counts, inside the micrograph; a margin leaves it out", () => {
    const map = mapOf([
      [9, 1, 0],
      [1, 0, 0],
      [0, 0, 5],
    ]);
    expect(findPeaks(map, [3, 3], { distance: 0.5 })).toEqual([
      { x: 0, y: 0, score: 9 },
      { x: 2, y: 2, score: 5 },
    ]);
    expect(findPeaks(map, [3, 3], { distance: 0.5, margin: 1 })).toEqual([]);
    // cells may reach beyond the micrograph, peaks may not
    expect(findPeaks(mapOf([[0, 1]], 4), [4, 6], { distance: 1 })[0]).toEqual({ x: 5, y: 1.5, score: 1 });
  });

  test("a flat top is one peak, a plain is none", () => {
    const top = mapOf([
      [0, 0, 0, 0],
      [0, 2, 2, 0],
      [0, 2, 2, 0],
      [0, 0, 0, 0],
    ]);
    expect(findPeaks(top, [4, 4], { distance: 0 })).toHaveLength(1);
    expect(findPeaks({ image: zeros(5, 5), scale: 1 }, [5, 5], { distance: 0 })).toEqual([]);
  });

  test("peaks of equal height come in reading order, at exactly the distance both stay", () => {
    const map = mapOf([[1, 0, 0, 1, 0, 0, 1]]);
    const at = (distance: number) => findPeaks(map, [1, 7], { distance }).map(({ x }) => Math.round(x));
    expect(at(3)).toEqual([0, 3, 6]);
    expect(at(3.01)).toEqual([0, 6]);
  });
});
