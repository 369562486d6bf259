import { expect, test } from "vitest";
import { profileAt, profileAtLog } from "../../../src/array/spectrum/profile.js";

test("profileAt is linear between even steps, and the last value beyond the last", () => {
  const profile = { tile: 4, values: Float64Array.of(10, 20, 50) }; // at 0, 1/4 and 1/2 cycle per pixel
  const at = [0, 0.125, 0.25, 0.3, 0.5, 0.7];
  expect(at.map((k) => profileAt(profile, k))).toBeAllclose([10, 15, 20, 26, 50, 50], { relative: 1e-12 });
});

test("profileAtLog is linear between logarithms at uneven steps, and the end values outside", () => {
  const profile = { frequency: Float64Array.of(0.1, 0.2, 0.4), value: Float64Array.of(1, 100, 1e4) };
  const at = [0, 0.1, 0.15, 0.2, 0.25, 0.4, 0.5];
  expect(at.map((k) => profileAtLog(profile, k))).toBeAllclose([1, 1, 10, 100, 100 * 10 ** 0.5, 1e4, 1e4], {
    relative: 1e-12,
  });
});
