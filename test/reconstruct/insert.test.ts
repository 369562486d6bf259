import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { BackProjector } from "../../src/reconstruct/back-projector.js";
import {
  gridSide,
  gridWidth,
  type ReconstructionGrid,
  reconstructionGrid,
} from "../../src/reconstruct/grid.js";
import { insertPlain, placeSlice } from "../../src/reconstruct/insert-reference.js";
import { type ImageGroup, sliceOfParticle } from "../../src/reconstruct/slice.js";
import { addSums, emptySums, type FourierSums } from "../../src/reconstruct/sums.js";
import { noiseImage, randomView } from "./toy-particles.js";

const relative = 3e-6;

/** Both to a share of their largest value. */
function expectSame(found: FourierSums, expected: FourierSums): void {
  const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expect(found.data).toBeAllclose(expected.data, {
    relative: 0,
    absolute: relative * largest(expected.data),
  });
  expect(found.weight).toBeAllclose(expected.weight, {
    relative: 0,
    absolute: relative * largest(expected.weight),
  });
}

function plainSums(grid: ReconstructionGrid, group: ImageGroup, seed: number, count: number): FourierSums {
  const random = Random.of(seed, "insert");
  const sums = emptySums(grid);
  for (let i = 0; i < count; i++) {
    const pixels = noiseImage(group.box, random);
    const view = randomView(random);
    const slice = sliceOfParticle(pixels, group, view);
    insertPlain(sums, slice, group.box, placeSlice(grid, group, view.matrix));
  }
  return sums;
}

function fastSums(grid: ReconstructionGrid, group: ImageGroup, seed: number, count: number): FourierSums {
  const random = Random.of(seed, "insert");
  const projector = new BackProjector(grid);
  for (let i = 0; i < count; i++) {
    const pixels = noiseImage(group.box, random);
    projector.addParticle(pixels, group, randomView(random));
  }
  return projector.sums();
}

describe("the WebAssembly inserter adds what the plain one adds", () => {
  const cases: readonly (readonly [what: string, grid: ReconstructionGrid, group: ImageGroup])[] = [
    ["an even box", reconstructionGrid({ box: 24, voxelSize: 3 }), { box: 24, pixelSize: 3 }],
    ["an odd box", reconstructionGrid({ box: 27, voxelSize: 3 }), { box: 27, pixelSize: 3 }],
    [
      "images of another box and pixel size",
      reconstructionGrid({ box: 24, voxelSize: 3 }),
      { box: 40, pixelSize: 2.2 },
    ],
    [
      "a resolution limit and no padding",
      reconstructionGrid({ box: 32, voxelSize: 3, padding: 1, finest: 11 }),
      { box: 32, pixelSize: 3 },
    ],
    [
      "an MTF",
      reconstructionGrid({ box: 16, voxelSize: 3 }),
      { box: 16, pixelSize: 3, mtf: (frequency) => 1 - frequency },
    ],
  ];
  test.each(cases)("%s", (_, grid, group) => {
    expectSame(fastSums(grid, group, 5, 4), plainSums(grid, group, 5, 4));
  });

  test("a CTF with an envelope, none, and a weight", () => {
    const grid = reconstructionGrid({ box: 20, voxelSize: 3 });
    const group = { box: 20, pixelSize: 3 };
    const random = Random.of(6, "insert");
    const projector = new BackProjector(grid);
    const sums = emptySums(grid);
    const { ctf, ...plain } = randomView(random);
    for (const view of [{ ...plain, ctf: { ...ctf!, bFactor: 80 } }, plain, { ...plain, ctf, weight: 0.3 }]) {
      const pixels = noiseImage(20, random);
      projector.addParticle(pixels, group, view);
      insertPlain(sums, sliceOfParticle(pixels, group, view), 20, placeSlice(grid, group, view.matrix));
    }
    expectSame(projector.sums(), sums);
  });
});

test("a slice that is ready adds the same as the image that it was made of", () => {
  const grid = reconstructionGrid({ box: 22, voxelSize: 3 });
  const group = { box: 22, pixelSize: 3 };
  const random = Random.of(7, "insert");
  const [pixels, view] = [noiseImage(22, random), randomView(random)];
  const [byImage, bySlice] = [new BackProjector(grid), new BackProjector(grid)];
  byImage.addParticle(pixels, group, view);
  bySlice.addSlice(sliceOfParticle(pixels, group, view), group, view.matrix);
  expectSame(bySlice.sums(), byImage.sums());
});

test("an image that looks along z puts its samples on the plane z = 0, two steps apart", () => {
  const grid = reconstructionGrid({ box: 8, voxelSize: 1 });
  const projector = new BackProjector(grid);
  const pixels = new Float32Array(64);
  pixels[4 * 8 + 4] = 1; // a point at the centre: 1 at every frequency
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;
  projector.addParticle(pixels, { box: 8, pixelSize: 1 }, { matrix, shiftX: 0, shiftY: 0 });
  const { data, weight } = projector.sums();
  const [width, side] = [gridWidth(grid), gridSide(grid)];
  const at = (x: number, y: number, z: number): number =>
    ((z + grid.reach + 1) * side + y + grid.reach + 1) * width + x;
  expect(data[2 * at(2, 4, 0)]).toBeCloseTo(1, 6);
  expect(weight[at(2, 4, 0)]).toBeCloseTo(1, 6);
  expect(weight[at(2, 3, 0)]).toBe(0);
  expect(weight[at(2, 4, 1)]).toBe(0);
  // of the column x = 0 one half, and at zero the weight alone
  expect([weight[at(0, 2, 0)], weight[at(0, -2, 0)]]).toEqual([1, 0]);
  expect([data[2 * at(0, 0, 0)], weight[at(0, 0, 0)]]).toEqual([0, 1]);
});

test("sums of two projectors together are those of one; other grids are refused", () => {
  const group = { box: 16, pixelSize: 3 };
  const grid = reconstructionGrid({ box: 16, voxelSize: 3 });
  const sums = fastSums(grid, group, 1, 3);
  addSums(sums, fastSums(grid, group, 2, 3));
  const expected = plainSums(grid, group, 1, 3);
  addSums(expected, plainSums(grid, group, 2, 3));
  expectSame(sums, expected);
  expect(() => addSums(sums, emptySums(reconstructionGrid({ box: 16, voxelSize: 2 })))).toThrow(
    /addSums: .* found shape \[16,2,/,
  );
});

test("more images than wait to be added together, of two sizes by turns and with an MTF, are all added", () => {
  const grid = reconstructionGrid({ box: 8, voxelSize: 3 });
  const small: ImageGroup = { box: 8, pixelSize: 3 };
  const large: ImageGroup = { box: 10, pixelSize: 3, mtf: (frequency) => 1 - frequency };
  const random = Random.of(9, "insert");
  const projector = new BackProjector(grid);
  const sums = emptySums(grid);
  // the most that wait are 1024
  for (const [group, count] of [
    ...([
      [small, 2100],
      [large, 3],
    ] as const),
    ...([
      [small, 2],
      [large, 1030],
    ] as const),
  ] as const) {
    for (let i = 0; i < count; i++) {
      const pixels = noiseImage(group.box, random);
      const view = randomView(random);
      projector.addParticle(pixels, group, view);
      insertPlain(
        sums,
        sliceOfParticle(pixels, group, view),
        group.box,
        placeSlice(grid, group, view.matrix),
      );
    }
  }
  expectSame(projector.sums(), sums);
});

test("clear starts again from nothing", () => {
  const grid = reconstructionGrid({ box: 16, voxelSize: 3 });
  const projector = new BackProjector(grid);
  const random = Random.of(3, "insert");
  projector.addParticle(noiseImage(16, random), { box: 16, pixelSize: 3 }, randomView(random));
  projector.clear();
  expect(Math.max(...projector.sums().weight)).toBe(0);
});

test("an image of another size is refused", () => {
  const projector = new BackProjector(reconstructionGrid({ box: 16, voxelSize: 3 }));
  const view = randomView(Random.of(1, "view"));
  expect(() => projector.addParticle(new Float32Array(255), { box: 16, pixelSize: 3 }, view)).toThrow(
    "BackProjector.addParticle: pixels: found shape [255], expected 16 x 16",
  );
});
