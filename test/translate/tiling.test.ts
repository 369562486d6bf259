import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import { planAxis, translateTiled } from "../../src/translate/tiling.js";

const options = { multiple: 32, align: 32, largest: 128, overlap: 32 };

const noise = (rows: number, columns: number): Image => {
  const image = zeros(rows, columns);
  Random.of(4, "tiling").fillNormal(image.data);
  return image;
};

describe("planAxis", () => {
  test.each([1, 31, 32, 100, 128])("an axis of %i fits into one tile", (length) => {
    const { size, starts } = planAxis(length, options);
    expect(starts).toHaveLength(1);
    expect(size % 32).toBe(0);
    expect(starts[0]! <= 0 && starts[0]! + size >= length).toBe(true);
  });

  test.each([
    [129, options],
    [301, options],
    [1240, options],
    [300, { multiple: 256, align: 32, largest: 256, overlap: 64 }],
    [1240, { multiple: 256, align: 32, largest: 256, overlap: 64 }],
    [4097, { multiple: 32, align: 32, largest: 1984, overlap: 128 }],
  ])("an axis of %i is covered, neighbours share enough and starts keep the phase", (length, choice) => {
    const { size, starts } = planAxis(length, choice);
    expect(size % choice.multiple).toBe(0);
    expect(size).toBeLessThanOrEqual(choice.largest);
    expect(starts[0]!).toBeLessThanOrEqual(0);
    expect(starts.at(-1)! + size).toBeGreaterThanOrEqual(length);
    for (let i = 1; i < starts.length; i++) {
      expect(starts[i - 1]! + size - starts[i]!).toBeGreaterThanOrEqual(choice.overlap);
      expect((starts[i]! - starts[0]!) % choice.align).toBe(0);
    }
  });
});

describe("translateTiled", () => {
  test.each([
    [1, 1],
    [57, 200],
    [301, 129],
    [128, 640],
  ])("the identity leaves a %i x %i image as it is", async (rows, columns) => {
    const image = noise(rows, columns);
    const out = await translateTiled([image], options, async ([tile]) => tile!.data.slice());
    expect(out.shape).toEqual(image.shape);
    expect(out.data).toBeAllclose(image.data, { relative: 1e-6, absolute: 1e-6 });
  });

  test("a filter narrower than the mirrored margin gives the same tiled as whole", async () => {
    const image = noise(301, 333);
    const blur = async ([tile]: readonly Image[]): Promise<Float32Array> => {
      const { data, shape } = tile!;
      const [rows, columns] = shape;
      return data.map((_, i) => {
        const [y, x] = [Math.floor(i / columns), i % columns];
        let sum = 0;
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) {
            const inside = y + dy >= 0 && y + dy < rows && x + dx >= 0 && x + dx < columns;
            sum += inside ? data[(y + dy) * columns + x + dx]! : 0;
          }
        }
        return sum / 25;
      });
    };
    const whole = await translateTiled([image], { ...options, largest: 384 }, blur);
    const tiled = await translateTiled([image], options, blur);
    const middle = (out: Image): number[] =>
      [...out.data].filter((_, i) => {
        const [y, x] = [Math.floor(i / 333), i % 333];
        return y >= 4 && x >= 4 && y < 297 && x < 329;
      });
    // a tile's own edge is blended with weight near 0, where the neighbour knows the truth
    expect(middle(tiled)).toBeAllclose(middle(whole), { absolute: 0.02 });
  });
});
