import { describe, expect, test } from "vitest";
import { fftFriendlySize, irfft2, irfft3, rfft2, rfft3 } from "../../../src/array/fft/fft.js";
import { radices } from "../../../src/array/fft/line.js";
import { inverseReference } from "../../../src/array/fft/reference.js";
import { Random } from "../../../src/core/random.js";
import { oracle, oracleImage } from "../oracle.js";
import { relativeError } from "./relative-error.js";

const noise = (length: number, seed = 1): Float32Array =>
  Random.of(seed).fillNormal(new Float32Array(length));

/** Direct sum over all samples: the definition. Half spectrum of a [sections, rows, columns] array, float64. */
function naive(
  data: Float32Array,
  [sections, rows, columns]: readonly [number, number, number],
): Float64Array {
  const half = Math.floor(columns / 2) + 1;
  const out = new Float64Array(2 * sections * rows * half);
  let at = 0;
  for (let w = 0; w < sections; w++) {
    for (let v = 0; v < rows; v++) {
      for (let u = 0; u < half; u++, at += 2) {
        let i = 0;
        for (let z = 0; z < sections; z++) {
          for (let y = 0; y < rows; y++) {
            for (let x = 0; x < columns; x++, i++) {
              const angle = -2 * Math.PI * ((u * x) / columns + (v * y) / rows + (w * z) / sections);
              out[at]! += data[i]! * Math.cos(angle);
              out[at + 1]! += data[i]! * Math.sin(angle);
            }
          }
        }
      }
    }
  }
  return out;
}

const IMAGES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 8],
  [8, 1],
  [2, 2],
  [3, 5],
  [7, 4],
  [16, 16],
  [30, 36],
  [25, 27],
  [11, 26],
  [14, 33],
];

describe("rfft2 and irfft2", () => {
  test.each(IMAGES)("of %i x %i agree with the definition and invert each other", (rows, columns) => {
    const image = { data: noise(rows * columns), shape: [rows, columns] as const };
    const spectrum = rfft2(image);
    expect(spectrum.shape).toEqual([rows, columns]);
    expect(relativeError(spectrum.data, naive(image.data, [1, rows, columns]))).toBeLessThan(3e-7);
    expect(relativeError(irfft2(spectrum).data, image.data)).toBeLessThan(4e-7);
  });

  test("of 131 and 263 rows (primes, by Bluestein) find a wave where it is", () => {
    for (const rows of [131, 263]) {
      const columns = 6;
      const data = new Float32Array(rows * columns);
      const phase = 0.7;
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          data[y * columns + x] = Math.cos(2 * Math.PI * ((5 * y) / rows - (2 * x) / columns) + phase);
        }
      }
      const expected = new Float32Array(2 * rows * 4);
      const at = 2 * ((rows - 5) * 4 + 2); // cos(a + phase) holds exp(-ia) exp(-i phase) / 2: frequency (2, -5)
      expected[at] = (Math.cos(-phase) * rows * columns) / 2;
      expected[at + 1] = (Math.sin(-phase) * rows * columns) / 2;
      const found = rfft2({ data, shape: [rows, columns] });
      expect(relativeError(found.data, expected)).toBeLessThan(3e-7);
      expect(relativeError(irfft2(found).data, data)).toBeLessThan(4e-7);
    }
  });

  test("agrees with numpy", () => {
    expect(relativeError(rfft2(oracleImage).data, oracle("rfft2"))).toBeLessThan(3e-7);
  });

  test.each([12, 13])(
    "the inverse of what is no spectrum of a real image, %i columns, is numpy's",
    (columns) => {
      const data = Float32Array.from(oracle("anySpectrum"));
      const expected = oracle(`irfft2Of${columns}Columns`);
      expect(relativeError(irfft2({ data, shape: [9, columns] }).data, expected)).toBeLessThan(3e-7);
      const plain = new Float32Array(9 * columns);
      inverseReference(data, [9, columns], plain);
      expect(relativeError(plain, expected)).toBeLessThan(3e-7);
    },
  );

  test("a shape that does not fit the data is named", () => {
    expect(() => rfft2({ data: new Float32Array(7), shape: [2, 4] })).toThrow(
      "rfft2: found shape [7,2,4], expected 8 samples for [2, 4]",
    );
  });
});

describe("rfft3 and irfft3", () => {
  test.each([
    [1, 1, 1],
    [4, 4, 4],
    [3, 5, 6],
    [5, 2, 9],
    [8, 6, 7],
  ] as const)(
    "of %i x %i x %i agree with the definition and invert each other",
    (sections, rows, columns) => {
      const shape = [sections, rows, columns] as const;
      const volume = { data: noise(sections * rows * columns, 2), shape, voxelSize: 1.5 };
      const spectrum = rfft3(volume);
      expect(relativeError(spectrum.data, naive(volume.data, shape))).toBeLessThan(3e-7);
      const back = irfft3(spectrum, 1.5);
      expect(back.voxelSize).toBe(1.5);
      expect(relativeError(back.data, volume.data)).toBeLessThan(4e-7);
    },
  );
});

test("fftFriendlySize gives the next even product of 2, 3 and 5", () => {
  expect([1, 2, 3, 7, 11, 127, 3710, 3838, 4096, 5761].map(fftFriendlySize)).toEqual([
    2, 2, 4, 8, 12, 128, 3750, 3840, 4096, 5832,
  ]);
});

test("radices multiply to n, 4s first", () => {
  expect(radices(1)).toEqual([1]);
  expect(radices(2)).toEqual([2]);
  expect(radices(5)).toEqual([5]);
  expect(radices(3838)).toEqual([2, 19, 101]);
  expect(radices(3840)).toEqual([4, 4, 4, 4, 3, 5]);
  for (let n = 1; n < 300; n++) expect(radices(n).reduce((a, b) => a * b)).toBe(n);
});
