import { expect, test } from "vitest";
import { otsuSplit } from "../../src/array/otsu.js";
import { Random } from "../../src/core/random.js";

/** Sum of the squares within both classes: what Otsu's split makes least. */
function within(values: readonly number[], split: number): number {
  const squares = (of: readonly number[]): number => {
    const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
    return of.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  return squares(values.slice(0, split)) + squares(values.slice(split));
}

test.each([1, 2, 3])("no other split leaves less variance within the classes, seed %i", (seed) => {
  const random = Random.of(seed, "otsu");
  const values = Array.from({ length: 60 }, (_, i) => random.normal(i < 20 ? 4 : 0, 1)).sort((a, b) => a - b);
  const all = values.slice(1).map((_, i) => within(values, i + 1));
  expect(otsuSplit(values)).toBe(1 + all.indexOf(Math.min(...all)));
});

test("a value that occurs several times counts as often", () => {
  const [values, counts] = [
    [0, 1, 2, 3, 4, 5],
    [3, 7, 0, 0, 2, 1],
  ];
  const listed = values.flatMap((value, i) => Array<number>(counts[i]!).fill(value));
  const split = otsuSplit(values, counts);
  expect(split).toBe(2);
  expect(listed[otsuSplit(listed)]).toBe(4);
});
