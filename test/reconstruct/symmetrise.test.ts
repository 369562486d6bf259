import { expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { symmetryOperators } from "../../src/core/symmetry.js";
import { BackProjector } from "../../src/reconstruct/back-projector.js";
import { reconstructionGrid } from "../../src/reconstruct/grid.js";
import { symmetrise, symmetrisePlain } from "../../src/reconstruct/symmetrise.js";
import { noiseImage, randomView } from "./toy-particles.js";

test.each([
  ["D2", { box: 24, voxelSize: 3 }],
  ["C7", { box: 21, voxelSize: 3 }],
  ["O", { box: 32, voxelSize: 3, finest: 13 }],
  ["I2", { box: 20, voxelSize: 3, padding: 1 }],
])("the kernel adds what plain rotation adds: %s", (name, options) => {
  const grid = reconstructionGrid(options);
  const projector = new BackProjector(grid);
  const random = Random.of(9, "symmetrise");
  const group = { box: options.box, pixelSize: 3 };
  for (let i = 0; i < 20; i++) {
    projector.addParticle(noiseImage(options.box, random), group, randomView(random));
  }
  const sums = projector.sums();
  const operators = symmetryOperators(name);
  const found = symmetrise(sums, operators);
  const expected = symmetrisePlain(symmetrise(sums, []), operators);
  for (const key of ["data", "weight"] as const) {
    const largest = expected[key].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(found[key]).toBeAllclose(expected[key], { relative: 0, absolute: 3e-6 * largest });
  }
  expect(found.weight).not.toEqual(symmetrise(sums, []).weight);
});
