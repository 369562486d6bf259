import { describe, expect, test } from "vitest";
import { rfft2 } from "../../../src/array/fft/fft.js";
import { type Image, zeros } from "../../../src/array/image.js";
import {
  frequency,
  halfColumns,
  halfWeight,
  isSelfMirrored,
  mirrorIndex,
  signedIndex,
  storedIndex,
  visitFrequencies,
  wrappedIndex,
} from "../../../src/array/spectrum/half.js";
import { Random } from "../../../src/core/random.js";

const indices = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("one axis", () => {
  test("of an even size: Nyquist is +1/2", () => {
    expect(indices(6).map((i) => signedIndex(i, 6))).toEqual([0, 1, 2, 3, -2, -1]);
    expect(indices(4).map((i) => frequency(i, 4))).toEqual([0, 0.25, 0.5, -0.25]);
    expect(indices(6).map((i) => mirrorIndex(i, 6))).toEqual([0, 5, 4, 3, 2, 1]);
    expect(indices(6).map((i) => isSelfMirrored(i, 6))).toEqual([true, false, false, true, false, false]);
  });

  test("of an odd size: no Nyquist, as many negative frequencies as positive ones", () => {
    expect(indices(5).map((i) => signedIndex(i, 5))).toEqual([0, 1, 2, -2, -1]);
    expect(indices(5).map((i) => frequency(i, 5))).toEqual([0, 0.2, 0.4, -0.4, -0.2]);
    expect(indices(5).map((i) => mirrorIndex(i, 5))).toEqual([0, 4, 3, 2, 1]);
    expect(indices(5).map((i) => isSelfMirrored(i, 5))).toEqual([true, false, false, false, false]);
  });

  test("of one sample has its zero frequency alone", () => {
    expect([signedIndex(0, 1), frequency(0, 1), mirrorIndex(0, 1), halfColumns(1), halfWeight(0, 1)]).toEqual(
      [0, 0, 0, 1, 1],
    );
  });

  test.each([6, 7])(
    "of %i samples: cycles that are n apart share an index, which signedIndex undoes",
    (n) => {
      for (const i of indices(n)) expect(wrappedIndex(signedIndex(i, n), n)).toBe(i);
      expect([wrappedIndex(-1, n), wrappedIndex(n + 2, n), wrappedIndex(-n - 1, n)]).toEqual([
        n - 1,
        2,
        n - 1,
      ]);
    },
  );
});

test("half the columns are stored: of 6 zero to 3, of 7 zero to 3", () => {
  expect([6, 7, 8].map(halfColumns)).toEqual([4, 4, 5]);
});

test("columns count twice but for zero and Nyquist, so that the weights add up to all columns", () => {
  expect(indices(4).map((column) => halfWeight(column, 6))).toEqual([1, 2, 2, 1]);
  expect(indices(4).map((column) => halfWeight(column, 7))).toEqual([1, 2, 2, 2]);
});

/** All coefficients of a small image by the definition of the transform: [re, im] at kx, ky cycles. */
function coefficient({ data, shape: [rows, columns] }: Image, kx: number, ky: number): [number, number] {
  let [re, im] = [0, 0];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const angle = -2 * Math.PI * ((kx * x) / columns + (ky * y) / rows);
      re += data[y * columns + x]! * Math.cos(angle);
      im += data[y * columns + x]! * Math.sin(angle);
    }
  }
  return [re, im];
}

describe.each([
  [4, 6],
  [5, 7],
  [3, 4],
])("a half spectrum of %i x %i", (rows, columns) => {
  const image = zeros(rows, columns);
  Random.of(1).fillNormal(image.data);
  const { data } = rfft2(image);

  test("holds at storedIndex the coefficient of any frequency, or the conjugate of it", () => {
    for (let ky = -rows; ky <= rows; ky++) {
      for (let kx = -columns; kx <= columns; kx++) {
        const at = storedIndex([rows, columns], kx, ky);
        const [re, im] = coefficient(image, kx, ky);
        expect(data[2 * at]).toBeCloseTo(re, 4);
        expect(Math.abs(data[2 * at + 1]!)).toBeCloseTo(Math.abs(im), 4);
      }
    }
  });

  test("is visited once and in order, each coefficient with its own frequencies", () => {
    let next = 0;
    let total = 0;
    visitFrequencies([rows, columns], (at, kx, ky, weight) => {
      expect(at).toBe(next++);
      const [re, im] = coefficient(image, kx * columns, ky * rows);
      expect(data[2 * at]).toBeCloseTo(re, 4);
      expect(data[2 * at + 1]).toBeCloseTo(im, 4);
      total += weight * (data[2 * at]! ** 2 + data[2 * at + 1]! ** 2);
    });
    expect(next).toBe(rows * halfColumns(columns));
    // Parseval's theorem holds only with the right weights
    const energy = image.data.reduce((sum, value) => sum + value * value, 0);
    expect(total / (rows * columns * energy)).toBeCloseTo(1, 5);
  });
});

test("storedIndex by hand: 4 rows of 3 stored columns", () => {
  // (1, 0) and its mirror (-1, 0) are both stored at (1, 0); (-1, 1) is stored at (1, -1), row 3
  expect([storedIndex([4, 4], 1, 0), storedIndex([4, 4], -1, 0), storedIndex([4, 4], -1, 1)]).toEqual([
    1, 1, 10,
  ]);
  // Nyquist is its own mirror: (2, 1) and (-2, 1) are the same frequency
  expect([storedIndex([4, 4], 2, 1), storedIndex([4, 4], -2, 1)]).toEqual([5, 5]);
  expect([storedIndex([4, 5], 2, 1), storedIndex([4, 5], -2, 1)]).toEqual([5, 11]);
});
