import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { addTrend, drawTrend, measureTrend, ORDERS } from "../../../src/translate/noise/trend.js";

const [rows, columns] = [48, 70];

/** A ramp down the rows and a bowl across the columns, as cosines written out here. */
function sloped(image: Image): Image {
  const data = image.data.map((value, i) => {
    const x = (i % columns) + 0.5;
    const y = Math.floor(i / columns) + 0.5;
    return value + 3 * Math.cos((Math.PI * y) / rows) - 2 * Math.cos((2 * Math.PI * x) / columns);
  });
  return { data, shape: image.shape };
}

function noise(): Image {
  const image = zeros(rows, columns);
  Random.of(1, "trend").fillNormal(image.data);
  return image;
}

describe("trend of a micrograph", () => {
  test("is found under noise, with the amplitudes it was made of", () => {
    const trend = measureTrend(sloped(noise()));
    expect(trend[1 * ORDERS + 0]).toBeCloseTo(3, 0.5);
    expect(trend[0 * ORDERS + 2]).toBeCloseTo(-2, 0.5);
    const others = trend.filter((_, i) => i !== ORDERS && i !== 2);
    expect(Math.max(...others.map(Math.abs))).toBeLessThan(0.15);
    expect(trend[0]).toBe(0);
  });

  test("taken out, leaves what it was added to but for the noise's own share", () => {
    const image = sloped(noise());
    const flat = addTrend(image, measureTrend(image), -1);
    const before = noise();
    expect(standardDeviation(flat.data.map((value, i) => value - before.data[i]!))).toBeLessThan(0.12);
    expect(Math.max(...measureTrend(flat).map(Math.abs))).toBeLessThan(1e-5);
  });

  test("is lent mirrored and transposed, each of the eight ways about as often", () => {
    const side = 20;
    const trend = new Float32Array(ORDERS * ORDERS);
    trend.set([0, 1, 0.5], 0);
    trend[ORDERS] = 0.3;
    const flat = zeros(side, side);
    const at = ({ data }: Image, x: number, y: number): number => data[y * side + x]!;
    const original = addTrend(flat, trend);
    const ways = [0, 1, 2, 3, 4, 5, 6, 7].map((way) => {
      const corner = (x: number, y: number): number => {
        const [a, b] = way & 4 ? [y, x] : [x, y];
        return at(original, way & 1 ? side - 1 - a : a, way & 2 ? side - 1 - b : b);
      };
      return [corner(0, 0), corner(side - 1, 0), corner(0, side - 1), corner(3, 7)];
    });
    const random = Random.of(2, "ways");
    const counts = new Array<number>(8).fill(0);
    for (let i = 0; i < 800; i++) {
      const image = addTrend(flat, drawTrend([trend], random));
      const found = [at(image, 0, 0), at(image, side - 1, 0), at(image, 0, side - 1), at(image, 3, 7)];
      const way = ways.findIndex((values) => values.every((value, j) => Math.abs(value - found[j]!) < 1e-5));
      counts[way]!++;
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(800);
    for (const count of counts) expect(count).toBeGreaterThan(60);
  });

  test("is lent no stronger than the median one, weaker ones as they are", () => {
    const ramp = (strength: number) => {
      const trend = new Float32Array(ORDERS * ORDERS);
      trend[1] = strength;
      return trend;
    };
    const random = Random.of(3, "strengths");
    const found = new Set<string>();
    for (let i = 0; i < 60; i++) {
      found.add(Math.hypot(...drawTrend([ramp(0.1), ramp(0.2), ramp(0.8)], random)).toFixed(4));
    }
    expect([...found].sort()).toEqual(["0.1000", "0.2000"]);
  });
});
