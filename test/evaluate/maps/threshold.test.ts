import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { chooseThreshold } from "../../../src/evaluate/maps/threshold.js";
import { readStructure } from "../../../src/io/structure/read.js";
import { applyAssembly, selectAtoms } from "../../../src/io/structure/structure.js";
import { potentialMap } from "../../../src/physics/potential/potential.js";
import { sharedPath } from "../../io/shared-data.js";
import { colouredNoise, grainyParticle } from "./noisy-maps.js";

/** A ball of this share of the box at density 1, edges half as dense, with noise. */
function ball(share: number, noise: number): Volume {
  const box = 32;
  const added = colouredNoise(box, 4, 200, 1);
  const radius = Math.cbrt((share * box ** 3 * 3) / (4 * Math.PI));
  return {
    ...added,
    data: added.data.map((value, i) => {
      const [x, y, z] = [i % box, Math.floor(i / box) % box, Math.floor(i / box ** 2)];
      const r = Math.hypot(x - box / 2, y - box / 2, z - box / 2);
      return Math.min(1, Math.max(0, radius - r + 0.5)) + noise * value;
    }),
  };
}

const shareAbove = ({ data }: Volume, threshold: number): number =>
  data.reduce((sum, value) => sum + (value >= threshold ? 1 : 0), 0) / data.length;

describe("chooseThreshold", () => {
  test.each([0.02, 0.1, 0.3])("finds a ball that fills %d of the box, noise or not", (share) => {
    for (const noise of [0, 0.1]) {
      const map = ball(share, noise);
      expect(shareAbove(map, chooseThreshold(map, "map.mrc")) / share).toBeGreaterThan(0.9);
      expect(shareAbove(map, chooseThreshold(map, "map.mrc")) / share).toBeLessThan(1.3);
    }
  });

  test("stays above the noise of the solvent, also where the particle is small beside it", () => {
    for (const [share, noise] of [
      [0.1, 0.15],
      [0.02, 0.15],
      [0.02, 0.2],
    ] as const) {
      const map = ball(share, noise);
      expect(chooseThreshold(map, "map.mrc")).toBeGreaterThan(2.9 * noise);
      expect(shareAbove(map, chooseThreshold(map, "map.mrc")) / share).toBeGreaterThan(0.6);
      expect(shareAbove(map, chooseThreshold(map, "map.mrc")) / share).toBeLessThan(1.3);
    }
  });

  test("scales with the map and moves with its level", () => {
    const map = grainyParticle(36, 4);
    const moved = { ...map, data: map.data.map((value) => 5 + 20 * value) };
    expect(chooseThreshold(moved, "map.mrc")).toBeCloseTo(5 + 20 * chooseThreshold(map, "map.mrc"), 1);
  });

  test("refuses noise alone, a flat map and a particle blacker than its solvent", () => {
    expect(() => chooseThreshold(colouredNoise(32, 4, 100, 2), "map.mrc")).toThrow("stands out of the noise");
    expect(() => chooseThreshold({ ...ball(0.1, 0), data: new Float32Array(32 ** 3) }, "map.mrc")).toThrow(
      'map.mrc: density: found "only 0", expected more than one value',
    );
    const map = ball(0.1, 0.05);
    expect(() => chooseThreshold({ ...map, data: map.data.map((v) => -v) }, "map.mrc")).toThrow(
      "is the contrast inverted?",
    );
  });

  const model = sharedPath("maps/2za7_L_ferritin.pdb");
  const withModel = existsSync(model) ? test : test.skip;
  withModel("encloses apoferritin's molecular volume once to twice (needs ../shared/data)", () => {
    const structure = readStructure(readFileSync(model), model);
    const atoms = applyAssembly(structure, selectAtoms(structure.atoms, { waters: false }), undefined);
    const map = potentialMap(atoms, { voxelSize: 4, box: 40, resolution: 15, applyBFactors: false });
    const enclosed = shareAbove(map, chooseThreshold(map, "map.mrc")) * (40 * 4) ** 3;
    const volume = 24 * 19_900 * 1.21; // 24 chains of 19.9 kDa; 1.21 cubic angstrom a dalton of protein
    expect(enclosed / volume).toBeGreaterThan(1);
    expect(enclosed / volume).toBeLessThan(2);
  });
});
