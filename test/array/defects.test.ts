import { describe, expect, test } from "vitest";
import { withoutDefects } from "../../src/array/defects.js";
import type { Image } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";

const SHAPE = [60, 80] as const;

/** Noise of mean 100 and deviation 10, with these pixels set. */
function noise(set: readonly (readonly [x: number, y: number, value: number])[] = []): Image {
  const random = Random.of(1, "defects");
  const data = Float32Array.from({ length: SHAPE[0] * SHAPE[1] }, () => 100 + 10 * random.normal());
  for (const [x, y, value] of set) data[y * SHAPE[1] + x] = value;
  return { data, shape: SHAPE };
}
const at = ({ data }: Image, x: number, y: number): number => data[y * SHAPE[1] + x]!;

test("noise stays as it is, to the very array", () => {
  const image = noise();
  expect(withoutDefects(image)).toEqual({ image, hotPixels: 0, blankLines: 0 });
  expect(withoutDefects(image).image).toBe(image);
});

test("a hot or dead pixel becomes the median of those around it, in corners too; all others stay", () => {
  const clean = noise();
  const places = [
    [7, 9, 1e6],
    [8, 9, 900],
    [79, 59, -5e4],
    [0, 30, 260],
  ] as const;
  const { image, hotPixels, farthest } = withoutDefects(noise(places));
  expect([hotPixels, farthest]).toEqual([4, { x: 7, y: 9, value: 1e6 }]);
  for (const [x, y] of places) expect(Math.abs(at(image, x, y) - 100)).toBeLessThan(20);
  // numpy.median of the three pixels around the corner
  const corner = [at(clean, 78, 59), at(clean, 78, 58), at(clean, 79, 58)].sort((a, b) => a - b);
  expect(at(image, 79, 59)).toBeCloseTo(corner[1]!, 4);
  const changed = clean.data.filter((value, i) => value !== image.data[i]).length;
  expect(changed).toBe(4);
});

test("what is far from all others over several pixels, as dirt, stays", () => {
  const dirt = Array.from({ length: 36 }, (_, i) => [20 + (i % 6), 30 + Math.floor(i / 6), -400] as const);
  const { hotPixels, image } = withoutDefects(noise(dirt));
  // the corners of a square have three neighbours in it
  expect(hotPixels).toBeLessThanOrEqual(4);
  expect(at(image, 22, 33)).toBe(-400);
});

test("a frame whose pixels are mostly 0 stays: its counts are no outliers", () => {
  const data = new Float32Array(SHAPE[0] * SHAPE[1]);
  for (let i = 0; i < data.length; i += 17) data[i] = 1;
  expect(withoutDefects({ data, shape: SHAPE }).hotPixels).toBe(0);
});

describe("blank rows and columns", () => {
  const columnOf = ({ data }: Image, x: number): number[] =>
    Array.from({ length: SHAPE[0] }, (_, y) => data[y * SHAPE[1] + x]!);
  /** All pixels of these columns, and of these first rows, are 0. */
  function blanked(columns: readonly number[], rows: number): Image {
    const image = noise();
    for (let y = 0; y < SHAPE[0]; y++) {
      for (const x of columns) image.data[y * SHAPE[1] + x] = 0;
      if (y < rows) image.data.fill(0, y * SHAPE[1], (y + 1) * SHAPE[1]);
    }
    return image;
  }

  test("are the mirror image of what lies beside them, at the edge and within", () => {
    const clean = noise();
    const { image, blankLines, hotPixels } = withoutDefects(blanked([40, 41, 79], 0));
    expect([blankLines, hotPixels]).toEqual([3, 0]);
    expect(columnOf(image, 40)).toEqual(columnOf(clean, 39));
    expect(columnOf(image, 41)).toEqual(columnOf(clean, 42));
    expect(columnOf(image, 79)).toEqual(columnOf(clean, 78));
    expect(columnOf(image, 20)).toEqual(columnOf(clean, 20));
    const border = withoutDefects(blanked([10], 3));
    expect(border.blankLines).toBe(4);
    for (const y of [0, 1, 2]) expect(at(border.image, 50, y)).toBe(at(clean, 50, 5 - y));
    expect(at(border.image, 10, 0)).toBe(at(clean, 9, 5));
  });

  test("with a stray value are blank too; a tenth of all and more stays, for the check to set aside", () => {
    const stray = blanked([40], 0);
    stray.data[5 * SHAPE[1] + 40] = 3;
    expect(withoutDefects(stray).blankLines).toBe(1);
    const half = blanked(
      Array.from({ length: 9 }, (_, i) => i),
      0,
    );
    expect(withoutDefects(half).image).toBe(half);
    const empty = { data: new Float32Array(SHAPE[0] * SHAPE[1]).fill(7), shape: SHAPE };
    expect(withoutDefects(empty).image).toBe(empty);
  });
});
