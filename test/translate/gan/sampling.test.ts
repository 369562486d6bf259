import { describe, expect, test } from "vitest";
import { samplingAt } from "../../../src/translate/gan/contrast/sampling-inputs.js";

describe("samplingAt", () => {
  // a plane sampled where the features of a level sit: bilinear sampling must give the plane back
  test.each([1, 2, 3])("reads a plane exactly between the samples of level %i", (level) => {
    const size = 32;
    const side = size >> level;
    const plane = (x: number, y: number): number => 3 * x - 2 * y + 1;
    const map = Float64Array.from({ length: side * side }, (_, i) => {
      const at = (k: number): number => (k + 0.5) * 2 ** level - 0.5;
      return plane(at(i % side), at(Math.floor(i / side)));
    });
    const inner = Int32Array.from({ length: 20 }, (_, i) => (6 + i) * size + 25 - i);
    const { indices, weights } = samplingAt(inner, size, level);
    const read = [...inner].map((_, i) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + map[indices[4 * i + k]!]! * weights[4 * i + k]!, 0),
    );
    expect(read).toBeAllclose([...inner].map((p) => plane(p % size, Math.floor(p / size))));
  });

  test("corners take the outermost sample", () => {
    const { indices, weights } = samplingAt(Int32Array.from([0, 1023]), 32, 3);
    const mass = (sample: number, point: number): number =>
      [0, 1, 2, 3].reduce(
        (sum, k) => sum + (indices[4 * point + k] === sample ? weights[4 * point + k]! : 0),
        0,
      );
    expect(mass(0, 0)).toBeCloseTo(1, 6);
    expect(mass(15, 1)).toBeCloseTo(1, 6);
  });
});
