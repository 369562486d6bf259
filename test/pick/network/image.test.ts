import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { correlation, mean, standardDeviation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { networkImage } from "../../../src/pick/network/image.js";

const OPTIONS = { pixelSize: 3, particleDiameter: 144, workingDiameter: 24 };

/** Dark discs of 48 pixels on noise. */
function micrograph(rows = 180, columns = 240): Image {
  const random = Random.of(3, "network image");
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i % columns) - 120, Math.floor(i / columns) - 90];
    data[i] = random.normal() - (x * x + y * y < 24 * 24 ? 1 : 0);
  }
  return { data, shape: [rows, columns] };
}
const change = (image: Image, value: (old: number, i: number) => number): Image => ({
  data: image.data.map(value),
  shape: image.shape,
});
const prepare = (image: Image, options = OPTIONS) => networkImage(image, options, "m.mrc");

describe("the image that networks see", () => {
  test("has a particle of the size asked for, where it was, flat ground and unit spread", () => {
    const { image, scale } = prepare(micrograph());
    expect(scale).toBe(2);
    expect(image.shape).toEqual([90, 120]);
    expect(mean(image.data)).toBeCloseTo(0, 1);
    expect(standardDeviation(image.data)).toBeCloseTo(1, 1);
    const disc: number[] = [];
    const ground: number[] = [];
    image.data.forEach((value, i) => {
      const r = Math.sqrt(((i % 120) - 59.75) ** 2 + (Math.floor(i / 120) - 44.75) ** 2);
      if (r < 11) disc.push(value);
      else if (r > 13 && r < 20) ground.push(value);
    });
    expect(mean(ground) - mean(disc)).toBeGreaterThan(0.8);
  });

  test("does not depend on gain, offset or bit depth", () => {
    const plain = prepare(micrograph()).image.data;
    const louder = prepare(change(micrograph(), (value) => 1000 + 32 * value)).image.data;
    for (let i = 0; i < plain.length; i++) expect(Math.abs(louder[i]! - plain[i]!)).toBeLessThan(2e-4);
    const eightBit = prepare(change(micrograph(), (value) => Math.round(128 + 30 * value))).image.data;
    expect(correlation(eightBit, plain)).toBeGreaterThan(0.999);
  });

  test("does not depend on the pixel size but for what finer pixels add", () => {
    const fine = change(micrograph(360, 480), () => 0);
    const random = Random.of(4, "coarse");
    const coarse = { data: random.fillNormal(new Float32Array(180 * 240)), shape: [180, 240] } as const;
    // each pixel repeated 2 x 2: the same picture at half the pixel size
    fine.data.forEach((_, i) => {
      fine.data[i] = coarse.data[Math.floor(i / 960) * 240 + ((i % 480) >> 1)]!;
    });
    const a = prepare(coarse).image;
    const b = prepare(fine, { ...OPTIONS, pixelSize: 1.5 }).image;
    expect(b.shape).toEqual(a.shape);
    expect(correlation(a.data, b.data)).toBeGreaterThan(0.98);
  });

  test("a few hot pixels, a gradient and a step as carbon makes leave the particle as it was", () => {
    const plain = prepare(micrograph()).image.data;
    const hot = change(micrograph(), (value, i) => (i % 5003 === 7 ? 1e6 : value));
    expect(correlation(prepare(hot).image.data, plain)).toBeGreaterThan(0.99);
    const sloped = change(micrograph(), (value, i) => value + (i % 240) / 80);
    expect(correlation(prepare(sloped).image.data, plain)).toBeGreaterThan(0.98);
  });

  test("refuses what holds no picture, naming micrograph and pixel", () => {
    const withNaN = change(micrograph(), (value, i) => (i === 2 * 240 + 5 ? Number.NaN : value));
    expect(() => prepare(withNaN)).toThrow(/m\.mrc: pixel \(5, 2\): found "NaN", expected a finite number/);
    const infinite = change(micrograph(), (value, i) => (i === 3 ? Number.NEGATIVE_INFINITY : value));
    expect(() => prepare(infinite)).toThrow(/pixel \(3, 0\): found "-Infinity"/);
    const constant = change(micrograph(), () => 9);
    expect(() => prepare(constant)).toThrow(/m\.mrc: grey levels: found 9, expected more than one value/);
    expect(() => prepare(micrograph(40, 240))).toThrow(/found shape \[40,240\].*48 x 48/);
  });

  test("a mostly empty image keeps what it shows", () => {
    const sparse = change(micrograph(), (_, i) => (i === 90 * 240 + 120 ? -5 : 0));
    const { image } = prepare(sparse);
    expect(image.data.every(Number.isFinite)).toBe(true);
    expect(Math.min(...image.data)).toBeLessThan(-0.5);
  });
});
