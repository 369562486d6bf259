import { expect, test } from "vitest";
import { particlePosition, truePosition } from "../../src/dataset/true-position.js";

test("a particle sits at its coordinate less its origin over the pixel size", () => {
  expect(truePosition({ x: 100, y: 200 }, { x: 12, y: -6 }, 1.5)).toEqual({ x: 92, y: 204 });
  expect(truePosition({ x: 150, y: 220 }, { x: 0, y: 3 }, 1.5)).toEqual({ x: 150, y: 218 });
});

test("of a dataset's particle the same, x and y each with its own origin", () => {
  expect(particlePosition({ x: 10, y: 20, originX: 4, originY: -8 }, 2)).toEqual({ x: 8, y: 24 });
});
