import { expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { encodeMask, encodeMicrograph, encodePreview } from "../../src/dataset/images.js";
import { readMrc } from "../../src/io/mrc/read.js";
import { readPng } from "../../src/io/png/read.js";

const noise = (rows: number, columns: number): Image => {
  const image = zeros(rows, columns);
  Random.of(1, "images").fillNormal(image.data);
  return image;
};

test("float32 keeps every bit, and the voxel size stands in the header", () => {
  const image = noise(20, 30);
  const read = readMrc(encodeMicrograph(image, "float32", 1.34), "a.mrc");
  expect(read.data).toEqual(image.data);
  expect(read.shape).toEqual([1, 20, 30]);
  expect(read.voxelSize[0]).toBeCloseTo(1.34, 6);
});

test("float16 keeps three digits", () => {
  const image = noise(20, 30);
  expect(readMrc(encodeMicrograph(image, "float16", 1), "a.mrc").data).toBeAllclose(image.data, {
    relative: 5e-4,
    absolute: 1e-7,
  });
});

test("uint8 has mean 150 and standard deviation 40, whatever the scale was", () => {
  const image = noise(100, 100);
  const scaled: Image = { data: image.data.map((value) => 7e-3 * value - 12), shape: image.shape };
  const { data } = readMrc(encodeMicrograph(scaled, "uint8", 1), "a.mrc");
  const grey = data.map((value) => value + 128);
  const mean = grey.reduce((a, b) => a + b) / grey.length;
  const deviation = Math.sqrt(grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length);
  // clipping at 255, 2.6 deviations above the mean, takes a little from both
  expect(mean).toBeCloseTo(150, 0);
  expect(deviation).toBeGreaterThan(39);
  expect(deviation).toBeLessThan(40.5);
});

test("a mask is 0 and 255", () => {
  const mask = zeros(2, 3);
  mask.data.set([0, 1, 0, 1, 1, 0]);
  expect([...readPng(encodeMask(mask), "m.png").data]).toEqual([0, 255, 0, 255, 255, 0]);
});

test("a preview is stretched, clips 0.2 % at each end, and a hot pixel does not change it", () => {
  const image = noise(200, 200);
  const shown = readPng(encodePreview(image), "p.png");
  expect(shown.shape).toEqual([200, 200]);
  const count = (value: number): number => shown.data.filter((each) => each === value).length;
  expect(count(0)).toBeGreaterThanOrEqual(80);
  expect(count(0)).toBeLessThan(250);
  expect(count(255)).toBeGreaterThanOrEqual(80);
  const hot: Image = { data: image.data.slice(), shape: image.shape };
  hot.data[5] = 1e6;
  const withHot = readPng(encodePreview(hot), "p.png");
  const changes = withHot.data.map((value, i) => (i === 5 ? 0 : Math.abs(value - shown.data[i]!)));
  expect(Math.max(...changes)).toBeLessThanOrEqual(1);
});

test("a preview of a large micrograph is averaged down to at most 1280 pixels", () => {
  expect(readPng(encodePreview(noise(100, 3000)), "p.png").shape).toEqual([33, 1000]);
});

test("a micrograph of one value is shown grey", () => {
  expect(new Set(readPng(encodePreview(zeros(8, 8)), "p.png").data)).toEqual(new Set([128]));
});
