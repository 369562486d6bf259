import { expect, test } from "vitest";
import { zeros } from "../../src/array/image.js";
import { icePicture } from "../../src/estimate/ice-picture.js";

test("three panels side by side: the micrograph, the same blurred, and the ice, all of one orientation", () => {
  // dark in the upper left corner of the micrograph, thin ice there
  const image = zeros(60, 80);
  image.data.forEach((_, i) => {
    image.data[i] = i % 80 < 40 && i < 30 * 80 ? 0 : 1;
  });
  const ice = { data: Float32Array.of(0.5, 1, 1, 1, 1, 1), shape: [2, 3] as const };
  const { shape, samples } = icePicture(image, ice);
  expect(shape).toEqual([60, 3 * 80 + 2 * 8]);
  const at = (panel: number, x: number, y: number): number => samples[y * shape[1] + panel * (80 + 8) + x]!;
  for (const panel of [0, 1, 2]) {
    expect(at(panel, 5, 5)).toBeLessThan(60);
    for (const [x, y] of [
      [75, 5],
      [5, 55],
      [75, 55],
    ] as const) {
      expect(at(panel, x, y)).toBeGreaterThan(200);
    }
  }
  // sharp on the left, blurred in the middle panel; the gaps are white
  expect([at(0, 39, 10), at(0, 40, 10)]).toEqual([0, 255]);
  expect(at(1, 40, 10) - at(1, 39, 10)).toBeLessThan(60);
  expect([at(0, 80, 10), at(1, -1, 10), at(1, 87, 10)]).toEqual([255, 255, 255]);
});
