import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { BackProjector } from "../../../src/reconstruct/back-projector.js";
import { reconstructionGrid } from "../../../src/reconstruct/grid.js";
import { Accumulation } from "../../../src/reconstruct/refine/accumulation.js";
import type { HalfModel, SearchPlan } from "../../../src/reconstruct/refine/expectation.js";
import { noiseOf } from "../../../src/reconstruct/refine/noise.js";
import type { RefinedParticle } from "../../../src/reconstruct/refine/particle-image.js";
import type { Sighting } from "../../../src/reconstruct/refine/sighting.js";
import { frequenciesWithin } from "../../../src/reconstruct/search/frequencies.js";
import { SEARCH_CTF as ctf, SEARCH_PIXEL as pixelSize, searchVolume } from "../search/search-volume.js";

const random = Random.of(4, "accumulation");
const volume = searchVolume();
const box = volume.shape[0];
const projector = prepareProjector(volume);
const grid = reconstructionGrid({ box, voxelSize: pixelSize });
const plan: SearchPlan = {
  ...{ box, pixelSize, diameter: 14, limit: 11, symmetry: "C1", shiftRange: 2 },
  turn: [1, 0, 0, 0, 1, 0, 0, 0, 1],
};
const modelWith = (noise: readonly number[]): HalfModel => ({
  ...{ projectors: [projector], shiftDeviation: 1 },
  noise: noise.map((level) => new Float64Array(box).fill(level)),
});
const at = (matrix: RotationMatrix, x: number, y: number): Sighting => ({
  ...{ views: [{ reference: 0, matrix }], shifts: [{ x, y }], probability: Float32Array.of(1) },
  ...{
    best: { view: { reference: 0, matrix }, shift: { x, y } },
    confidence: 1,
    significant: 1,
    evidence: 0,
  },
});
const seen = (group: number): RefinedParticle => ({ ctf, contrast: 1, group, shift: { x: 0, y: 0 } });

describe("accumulation", () => {
  test("of a particle in one pose is back-projection in that pose, over the noise of its group", () => {
    const accumulation = new Accumulation(grid, plan, modelWith([1, 4]));
    const expected = new BackProjector(grid);
    for (const group of [0, 1]) {
      const matrix = eulerToMatrix(uniformRotation(random));
      const pixels = project(projector, matrix, { shiftX: 1, shiftY: -2, ctf }).data;
      accumulation.add(pixels, seen(group), at(matrix, 1, -2));
      const view = { matrix, shiftX: 1, shiftY: -2, ctf, weight: group === 0 ? 1 : 0.25 };
      expected.addParticle(pixels, { box, pixelSize }, view);
    }
    const [found, wanted] = [accumulation.result(), expected.sums()];
    // Nyquist has no phase of its own and is left out: compare within
    const inner = reconstructionGrid({ box, voxelSize: pixelSize, finest: (box * pixelSize) / 10.5 });
    let most = 0;
    let difference = 0;
    visit(inner.reach, (i) => {
      most = Math.max(most, Math.abs(wanted.data[2 * i]!));
      difference = Math.max(difference, Math.abs(wanted.data[2 * i]! - found.sums[0]!.data[2 * i]!));
      expect(found.sums[0]!.weight[i]! - wanted.weight[i]!).toBeCloseTo(0, 3);
    });
    expect(difference).toBeLessThan(1e-4 * most);
    expect(found.shiftSquares).toBeCloseTo(2 * 2.5, 6);
  });

  test("of dark protein is that of white protein, inverted", () => {
    const matrix = eulerToMatrix(uniformRotation(random));
    const white = project(projector, matrix, { ctf }).data;
    const [first, second] = [1, -1].map((contrast) => {
      const accumulation = new Accumulation(grid, plan, modelWith([1]));
      accumulation.add(
        white.map((value) => contrast * value),
        { ...seen(0), contrast },
        at(matrix, 0, 0),
      );
      return accumulation.result();
    });
    expect(second!.sums[0]!.data).toBeAllclose(first!.sums[0]!.data);
    expect(second!.sums[0]!.weight).toBeAllclose(first!.sums[0]!.weight);
    expect(second!.noise[0]!.power).toBeAllclose(first!.noise[0]!.power);
  });

  test("finds the noise of each group: its power within the circle in which images are compared", () => {
    const accumulation = new Accumulation(grid, plan, modelWith([1, 1]));
    const deviations = [2, 3];
    for (let i = 0; i < 60; i++) {
      const matrix = eulerToMatrix(uniformRotation(random));
      const image = project(projector, matrix, { ctf }).data;
      const pixels = image.map((value) => value + random.normal(0, deviations[i % 2]!));
      accumulation.add(pixels, seen(i % 2), at(matrix, 0, 0));
    }
    const spectra = noiseOf(accumulation.result().noise, frequenciesWithin(box, box / 2));
    for (const [group, deviation] of deviations.entries()) {
      // the sum over pixels of the squared mask: 7 pixels whole, then a raised cosine over 5
      let area = 0;
      for (let i = 0; i < box * box; i++) {
        const r = Math.hypot((i % box) - box / 2, Math.floor(i / box) - box / 2) - 7;
        const kept = r <= 0 ? 1 : r >= 5 ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * r) / 5);
        area += kept ** 2;
      }
      for (const ring of [4, 6, 8, 10]) {
        expect(spectra[group]![ring]! / (area * deviation ** 2)).toBeGreaterThan(0.85);
        expect(spectra[group]![ring]! / (area * deviation ** 2)).toBeLessThan(1.15);
      }
    }
  });

  test("of a posterior is the mean over its poses", () => {
    const views = [0, 1].map(() => ({ reference: 0, matrix: eulerToMatrix(uniformRotation(random)) }));
    const shifts = [
      { x: 0.5, y: 0 },
      { x: -1, y: 1.5 },
    ];
    const probability = Float32Array.of(0.4, 0.1, 0.2, 0.3);
    const pixels = project(projector, views[0]!.matrix, { ctf }).data;
    const together = new Accumulation(grid, plan, modelWith([1]));
    together.add(pixels, seen(0), { ...at(views[0]!.matrix, 0, 0), views, shifts, probability });
    const parts = views.flatMap(({ matrix }, o) =>
      shifts.map(({ x, y }, s) => {
        const one = new Accumulation(grid, plan, modelWith([1]));
        one.add(pixels, seen(0), at(matrix, x, y));
        return { share: probability[2 * o + s]!, found: one.result() };
      }),
    );
    const whole = together.result();
    const mean = (value: (part: (typeof parts)[number]["found"]) => number): number =>
      parts.reduce((sum, { share, found }) => sum + share * value(found), 0);
    visit(grid.reach - 2, (i) => {
      expect(whole.sums[0]!.data[2 * i]! - mean(({ sums }) => sums[0]!.data[2 * i]!)).toBeCloseTo(0, 2);
      expect(whole.sums[0]!.weight[i]! - mean(({ sums }) => sums[0]!.weight[i]!)).toBeCloseTo(0, 3);
    });
    for (const ring of [1, 5, 10]) {
      const expected = mean(({ noise }) => noise[0]!.power[ring]!);
      expect(whole.noise[0]!.power[ring]! / expected).toBeCloseTo(1, 4);
    }
    expect(whole.shiftSquares).toBeCloseTo(
      mean(({ shiftSquares }) => shiftSquares),
      5,
    );
  });
});

/** Visits every third sample within a distance from zero. */
function visit(reach: number, see: (i: number) => void): void {
  const [width, side] = [grid.reach + 2, 2 * grid.reach + 3];
  for (let z = -reach; z <= reach; z += 3) {
    for (let y = -reach; y <= reach; y += 3) {
      for (let x = 0; x <= reach; x += 3) {
        if (x * x + y * y + z * z > reach * reach) continue;
        see(((z + grid.reach + 1) * side + y + grid.reach + 1) * width + x);
      }
    }
  }
}
