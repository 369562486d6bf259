import { expect, test } from "vitest";
import type { Volume } from "../../src/array/image.js";
import { correlation, mean } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { symmetryOperators } from "../../src/core/symmetry.js";
import { fourierShellCorrelation } from "../../src/evaluate/maps/fsc.js";
import { BackProjector } from "../../src/reconstruct/back-projector.js";
import { reconstructionGrid } from "../../src/reconstruct/grid.js";
import { mapFromSums } from "../../src/reconstruct/map.js";
import { signalToNoiseOfFsc } from "../../src/reconstruct/weights.js";
import { toyParticles } from "./toy-particles.js";

const BOX = 32;
const { volume, group, particles } = toyParticles(BOX, 500, Random.of(2, "map"));
const projector = new BackProjector(reconstructionGrid({ box: BOX, voxelSize: 3 }));
for (const { pixels, view } of particles) projector.addParticle(pixels, group, view);
const sums = projector.sums();

/** Slope of a map over the body: 1 where the scale is right. Means, which are not reconstructed, do not count. */
function scaleOf(map: Volume, truth: Volume): number {
  const level = mean(truth.data);
  let above = 0;
  let below = 0;
  for (const [i, value] of truth.data.entries()) {
    above += (value - level) * map.data[i]!;
    below += (value - level) ** 2;
  }
  return above / below;
}

test.each(["iterative", "none"] as const)("images of a body give the body back, gridding %s", (gridding) => {
  const map = mapFromSums(sums, { gridding });
  const fsc = fourierShellCorrelation(map, volume).correlation;
  // beyond, the body has next to no power
  expect(Math.min(...fsc.subarray(1, 10))).toBeGreaterThan(0.995);
  expect(correlation(map.data, volume.data)).toBeGreaterThan(0.998);
  expect(scaleOf(map, volume)).toBeCloseTo(1, 1);
  expect(map.voxelSize).toBe(3);
});

test("with a symmetry the map is the mean of the body and what the operators make of it", () => {
  const map = mapFromSums(sums, { gridding: "none", symmetry: symmetryOperators("C2") });
  const both = { ...volume, data: volume.data.map((value, i) => (value + volume.data[turned(i)]!) / 2) };
  expect(correlation(map.data, both.data)).toBeGreaterThan(0.998);
  expect(scaleOf(map, both)).toBeCloseTo(1, 1);
  const agreement = correlation(
    map.data,
    map.data.map((_, i) => map.data[turned(i)]!),
  );
  // of an even box the first row and column have no partner
  expect(agreement).toBeGreaterThan(0.999);
});

/** The voxel half a turn about z away. */
function turned(i: number): number {
  const [x, y, z] = [i % BOX, Math.floor(i / BOX) % BOX, Math.floor(i / BOX ** 2)];
  return (z * BOX + ((BOX - y) % BOX)) * BOX + ((BOX - x) % BOX);
}

test("Wiener's filter at a signal-to-noise ratio of 1 halves the map", () => {
  const plain = mapFromSums(sums, { gridding: "none" });
  const filtered = mapFromSums(sums, { gridding: "none", signalToNoise: () => 1 });
  const fsc = fourierShellCorrelation(plain, filtered).correlation;
  expect(Math.min(...fsc.subarray(1, 10))).toBeGreaterThan(0.98);
  // more where a shell's weights are above their mean, less where they are below
  expect(scaleOf(filtered, plain)).toBeGreaterThan(0.4);
  expect(scaleOf(filtered, plain)).toBeLessThan(0.6);
});

test.each([
  [1, 999],
  [0.143, Math.sqrt(0.286 / 1.143) / (1 - Math.sqrt(0.286 / 1.143))],
  [-0.5, Math.sqrt(0.002 / 1.001) / (1 - Math.sqrt(0.002 / 1.001))],
])("an FSC of %d between halves is a signal-to-noise ratio of %d in their sum", (fsc, ratio) => {
  expect(signalToNoiseOfFsc(fsc)).toBeCloseTo(ratio, 8);
});
