import { expect, test } from "vitest";
import { hasConverged } from "../../../src/reconstruct/refine/stop.js";

/** Shells, and changes of angles after the first iteration, in steps of the search of one degree. */
const after = (shells: readonly number[], changes: readonly number[]): boolean =>
  hasConverged(shells.map((shell, i) => ({ shell, change: i === 0 ? undefined : changes[i - 1], step: 1 })));

test("a refinement goes on while the halves correlate further or orientations move less", () => {
  expect(after([], [])).toBe(false);
  expect(after([8], [])).toBe(false);
  expect(after([8, 9, 10], [5, 6])).toBe(false);
  expect(after([8, 8, 8, 8], [5, 4, 3])).toBe(false);
});

test("it ends after two iterations without either, one alone is forgiven", () => {
  expect(after([8, 10, 10], [2, 2])).toBe(false);
  expect(after([8, 10, 9, 10], [2, 2.5, 2])).toBe(true);
  expect(after([8, 10, 9, 11], [2, 2.5, 3])).toBe(false);
  expect(after([8, 10, 10, 10, 10], [3, 3, 2, 2])).toBe(false);
});

test("changes within the step of the search are no gain, however they shrink", () => {
  expect(after([8, 10, 10, 10], [2, 0.9, 0.8])).toBe(true);
});
