import { expect, test } from "vitest";
import { resampleImage } from "../../../src/array/fft/resample.js";
import { type Blob, blobProjection } from "../../physics/blobs.js";

const UPRIGHT = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

// known exactly at both samplings
test.each([
  ["twice as coarse, in a smaller box", 64, 1 / 2, 28],
  ["at a ratio of no small numbers, from an odd box", 61, 1.06 / 1.35, 40],
  ["finer", 40, 1.4, 52],
  ["as it is, cut", 50, 1, 32],
] as const)("resampleImage keeps a body at its place and of its values: %s", (_, from, ratio, box) => {
  const fine: Blob[] = [
    { x: 3, y: -4, z: 0, width: 4, height: 1 },
    { x: -6, y: 2.5, z: 0, width: 5, height: -0.7 },
  ];
  const coarse = fine.map(({ x, y, z, width, height }) => ({
    ...{ x: x * ratio, y: y * ratio, z, width: width * ratio },
    height: height / ratio,
  }));
  const found = resampleImage(blobProjection(from, fine, UPRIGHT), ratio, box);
  const expected = blobProjection(box, coarse, UPRIGHT);
  expect(found.shape).toEqual([box, box]);
  const highest = Math.max(...expected.data);
  const worst = Math.max(...found.data.map((value, i) => Math.abs(value - expected.data[i]!)));
  expect(worst / highest).toBeLessThan(5e-3);
});
