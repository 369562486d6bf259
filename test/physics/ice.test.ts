import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { Random } from "../../src/core/random.js";
import {
  type Augmentation,
  augment,
  drawAugmentation,
  resampleIce,
  syntheticIce,
} from "../../src/physics/ice.js";

const image: Image = { data: Float32Array.from([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
const all: Augmentation[] = [false, true].flatMap((mirror) =>
  ([0, 1, 2, 3] as const).map((quarterTurns) => ({ mirror, quarterTurns })),
);

describe("augment", () => {
  test.each([
    [{ mirror: false, quarterTurns: 1 }, [3, 2], [4, 1, 5, 2, 6, 3]],
    [{ mirror: false, quarterTurns: 2 }, [2, 3], [6, 5, 4, 3, 2, 1]],
    [{ mirror: false, quarterTurns: 3 }, [3, 2], [3, 6, 2, 5, 1, 4]],
    [{ mirror: true, quarterTurns: 0 }, [2, 3], [3, 2, 1, 6, 5, 4]],
    [{ mirror: true, quarterTurns: 1 }, [3, 2], [6, 3, 5, 2, 4, 1]],
  ] as const)("%o", (augmentation, shape, data) => {
    const out = augment(image, augmentation);
    expect(out.shape).toEqual(shape);
    expect([...out.data]).toEqual(data);
  });

  test("the eight differ, and every one is drawn", () => {
    expect(new Set(all.map((a) => JSON.stringify(augment(image, a)))).size).toBe(8);
    const random = Random.of(1, "augment");
    const drawn = new Set(Array.from({ length: 200 }, () => JSON.stringify(drawAugmentation(random))));
    expect(drawn.size).toBe(8);
  });

  test("four quarter turns and two mirrors give the image back", () => {
    const turn = { mirror: false, quarterTurns: 1 } as const;
    const mirror = { mirror: true, quarterTurns: 0 } as const;
    let turned = image;
    for (let i = 0; i < 4; i++) turned = augment(turned, turn);
    expect(turned).toEqual(image);
    expect(augment(augment(image, mirror), mirror)).toEqual(image);
  });
});

describe("resampleIce", () => {
  test("keeps a linear gradient linear over the same field of view", () => {
    const coarse = zeros(4, 5);
    for (let i = 0; i < 20; i++)
      coarse.data[i] = 0.2 + 0.1 * ((i % 5) + 0.5) + 0.05 * (Math.floor(i / 5) + 0.5);
    const fine = resampleIce(coarse, [40, 60]);
    for (const [y, x] of [
      [20, 30],
      [8, 10],
      [30, 50],
    ] as const) {
      const exact = 0.2 + (0.1 * 5 * (x + 0.5)) / 60 + (0.05 * 4 * (y + 0.5)) / 40;
      expect(fine.data[y * 60 + x]).toBeCloseTo(exact, 5);
    }
  });

  test("refuses values outside (0, 1]", () => {
    for (const bad of [0, 1.2, Number.NaN]) {
      const ice = { data: Float32Array.from([1, bad]), shape: [1, 2] as const };
      expect(() => resampleIce(ice, [4, 4])).toThrow(/ice gradient: found/);
    }
  });
});

describe("syntheticIce", () => {
  test.each([0, 0.3, 0.8])("falls from 1 by %f, smoothly", (depth) => {
    const { data } = syntheticIce([50, 70], depth, Random.of(2, "ice", depth));
    const low = Math.min(...data);
    expect(Math.max(...data)).toBeCloseTo(1, 5);
    expect(low).toBeCloseTo(1 - depth, 5);
    let steepest = 0;
    for (let i = 1; i < data.length; i++)
      if (i % 70 !== 0) steepest = Math.max(steepest, Math.abs(data[i]! - data[i - 1]!));
    expect(steepest).toBeLessThanOrEqual((4 * depth) / 50);
  });
});
