import { expect, test } from "vitest";
import { learningRateAt } from "../../src/train/adam.js";

test("the learning rate rises over a twentieth of the steps, then falls to nothing", () => {
  const options = { steps: 100, learningRate: 1 };
  expect(learningRateAt(options, 1)).toBeCloseTo(0.2, 12);
  expect(learningRateAt(options, 5)).toBe(1);
  expect(learningRateAt(options, 53)).toBeCloseTo(0.5, 12);
  expect(learningRateAt(options, 100)).toBeLessThan(1e-3);
});
