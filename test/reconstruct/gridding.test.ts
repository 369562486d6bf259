import { expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { BackProjector } from "../../src/reconstruct/back-projector.js";
import { eachRow, reconstructionGrid } from "../../src/reconstruct/grid.js";
import { griddingInverse, griddingInversePlain } from "../../src/reconstruct/gridding.js";
import { symmetrise } from "../../src/reconstruct/symmetrise.js";
import { noiseImage, randomView } from "./toy-particles.js";

test.each([
  ["a box of 24", { box: 24, voxelSize: 3 }],
  ["an odd box", { box: 21, voxelSize: 3 }],
  ["a box of a prime", { box: 23, voxelSize: 3 }],
  ["a limit of resolution", { box: 32, voxelSize: 3, finest: 13 }],
  ["no padding", { box: 40, voxelSize: 3, padding: 1 }],
])("inverse weights at half the transforms are those of whole ones: %s", (_name, options) => {
  const grid = reconstructionGrid(options);
  const projector = new BackProjector(grid);
  const random = Random.of(8, "gridding");
  const group = { box: options.box, pixelSize: 3 };
  for (let i = 0; i < 60; i++) {
    projector.addParticle(noiseImage(options.box, random), group, randomView(random));
  }
  const { weight } = symmetrise(projector.sums(), []);
  const [found, expected] = [griddingInverse(weight, grid), griddingInversePlain(weight, grid)];
  // what counts is weight times inverse weight: where there is next to no weight the inverse is anything
  const share = (inverse: Float32Array): Float32Array => inverse.map((value, i) => value * weight[i]!);
  expect(share(found)).toBeAllclose(share(expected), { relative: 1e-3, absolute: 1e-4 });
  let inside = 0;
  eachRow(grid, (start, last) => {
    for (let x = 0; x <= last; x++) inside += found[start + x]! > 0 ? 1 : 0;
  });
  expect(inside).toBe(found.reduce((count, value) => count + (value > 0 ? 1 : 0), 0));
  expect(inside).toBe(expected.reduce((count, value) => count + (value > 0 ? 1 : 0), 0));
});
