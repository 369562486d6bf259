import { expect, test } from "vitest";
import { hasConverged } from "../../../src/reconstruct/refine/stop.js";

const first = { shell: 8, change: undefined };

test("a refinement goes on while the halves correlate further or orientations move less", () => {
  expect(hasConverged([])).toBe(false);
  expect(hasConverged([first])).toBe(false);
  expect(hasConverged([first, { shell: 9, change: 5 }, { shell: 10, change: 6 }])).toBe(false);
  expect(
    hasConverged([first, { shell: 8, change: 5 }, { shell: 8, change: 4 }, { shell: 8, change: 3 }]),
  ).toBe(false);
});

test("it ends after two iterations without either, one alone is forgiven", () => {
  const gained = [first, { shell: 10, change: 2 }];
  expect(hasConverged([...gained, { shell: 10, change: 2 }])).toBe(false);
  expect(hasConverged([...gained, { shell: 9, change: 2.5 }, { shell: 10, change: 1.99 }])).toBe(true);
  expect(hasConverged([...gained, { shell: 9, change: 2.5 }, { shell: 11, change: 3 }])).toBe(false);
  expect(
    hasConverged([...gained, { shell: 10, change: 2 }, { shell: 10, change: 1 }, { shell: 10, change: 1 }]),
  ).toBe(false);
});
