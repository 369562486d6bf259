import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { simulateMicrograph } from "../../../src/physics/micrograph/micrograph.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { outlineOf } from "../../../src/physics/specimen/occupancy.js";
import { drawOutlinedPositions, prepareSilhouette } from "../../../src/physics/specimen/silhouette.js";
import { drawSpecimen, type SpecimenOptions } from "../../../src/physics/specimen/specimen.js";
import { countedRandom } from "../../helpers/counted-random.js";

/** A cylinder along z, angstrom. */
function rod(length: number, radius: number): Volume {
  const [n, voxelSize] = [64, 4];
  const data = Float32Array.from({ length: n ** 3 }, (_, i) => {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)].map(
      (v) => (v - n / 2) * voxelSize,
    );
    return Math.abs(z!) < length / 2 && x! ** 2 + y! ** 2 < radius ** 2 ? 1 : 0;
  });
  return { data, shape: [n, n, n], voxelSize };
}

const volume = rod(200, 25);
const diameter = Math.sqrt(200 ** 2 + 50 ** 2);
const pixelSize = 4;
const options: SpecimenOptions = {
  ...{ shape: [400, 500] as const, pixelSize, structures: [{ diameter }] },
  ...{ count: { mean: 60, standardDeviation: 0 }, silhouettes: [prepareSilhouette(volume, diameter)] },
  // lying flat, turned any way
  orientations: { kind: "cones", cones: [{ rot: 0, tilt: 90, halfAngle: 0 }] },
};

/** Shares of the particles' footprints that others cover, as the micrograph itself counts them. */
function overlapsOf({ particles }: ReturnType<typeof drawSpecimen>): number[] {
  const { particles: imaged } = simulateMicrograph({
    shape: [400, 500],
    optics: { pixelSize, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
    defocus: { defocusU: 15_000, defocusV: 15_000, defocusAngle: 0, phaseShift: 0 },
    projectors: [prepareProjector(volume)],
    particles,
  });
  return imaged.map(({ overlap }) => overlap);
}

describe("exclusion by outline", () => {
  test("rods keep clear of each other, though nearer than their length", () => {
    const specimen = drawSpecimen(options, Random.of(1, "rods"));
    expect(specimen.particles.length).toBe(60);
    const overlaps = overlapsOf(specimen);
    // outlines are known to a thirtieth of the particle
    expect(Math.max(...overlaps)).toBeLessThan(0.1);
    expect(overlaps.reduce((a, b) => a + b, 0) / 60).toBeLessThan(0.02);
    let nearest = Number.POSITIVE_INFINITY;
    for (const [i, a] of specimen.particles.entries()) {
      for (const b of specimen.particles.slice(i + 1)) {
        nearest = Math.min(nearest, Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2) * pixelSize);
      }
    }
    expect(nearest).toBeLessThan(0.6 * diameter);
  });

  test("twice as many rods find a place as discs of their length, in few attempts", () => {
    const crowd = { ...options, count: { mean: 400, standardDeviation: 0 } };
    const { silhouettes: _, ...discs } = crowd;
    const { random, draws } = countedRandom(2, "crowd");
    const outlined = drawSpecimen(crowd, random);
    expect(outlined.particles.length).toBeGreaterThan(
      2 * drawSpecimen(discs, Random.of(2, "crowd")).particles.length,
    );
    // 10,000 square angstrom each: half the field at the least
    expect((outlined.particles.length * 200 * 50) / (400 * 500 * pixelSize ** 2)).toBeGreaterThan(0.5);
    expect(Math.max(...overlapsOf(outlined))).toBeLessThan(0.1);
    expect(draws()).toBeLessThan(1_300_000);
  });

  test("a collapse ratio below 1 lets them overlap, 0 lets them lie anywhere", () => {
    const close = drawSpecimen(
      { ...options, count: { mean: 200, standardDeviation: 0 }, collapseRatio: 0.5 },
      Random.of(3, "c"),
    );
    expect(close.particles.length).toBe(200);
    expect(Math.max(...overlapsOf(close))).toBeGreaterThan(0.3);
    const heap = { ...options, count: { mean: 900, standardDeviation: 0 }, collapseRatio: 0 };
    expect(drawSpecimen(heap, Random.of(4, "heap")).particles.length).toBe(900);
  });

  test("the same stream gives the same places; centres fill the field to its edges", () => {
    const draw = () => drawSpecimen(options, Random.of(5, "same"));
    expect(draw()).toEqual(draw());
    const xs: number[] = [];
    for (let i = 0; i < 40; i++)
      xs.push(...drawSpecimen(options, Random.of(i, "edges")).particles.map(({ x }) => x));
    expect(Math.min(...xs)).toBeLessThan(5);
    expect(Math.max(...xs)).toBeGreaterThan(494);
    expect(xs.every((x) => x >= -0.5 && x < 499.5)).toBe(true);
  });

  test("clustered particles lie against others and leave gaps; none overlaps more for that", () => {
    // from the side a square of 100 angstrom: centres of two that touch are 25 to 35 pixels apart
    const square = { structures: [{ diameter: 141 }], silhouettes: [prepareSilhouette(rod(100, 50), 141)] };
    const sparse = { ...options, ...square, shape: [600, 600] as const };
    const nearest = (clustering: number): number[] => {
      const { particles } = drawSpecimen({ ...sparse, clustering }, Random.of(9, "clustered"));
      expect(particles.length).toBe(60);
      return particles.map((a) =>
        Math.min(...particles.flatMap((b) => (a === b ? [] : [Math.hypot(a.x - b.x, a.y - b.y)]))),
      );
    };
    const touching = (clustering: number): number =>
      nearest(clustering).filter((distance) => distance < 39).length;
    expect(touching(1)).toBe(60);
    expect(touching(0.7)).toBeGreaterThan(45);
    expect(touching(0)).toBeLessThan(35);
    expect(Math.min(...nearest(1))).toBeGreaterThan(23);
  });

  test("structures of different shape share the field; pixel sizes that differ are refused", () => {
    const ball = rod(60, 40);
    const silhouettes = [prepareSilhouette(volume, diameter), prepareSilhouette(ball, diameter)];
    const mixed = { ...options, structures: [{ diameter }, { diameter: 100 }], silhouettes };
    const { particles } = drawSpecimen(mixed, Random.of(6, "mixed"));
    expect(particles.length).toBe(60);
    expect(new Set(particles.map(({ structure }) => structure)).size).toBe(2);
    const matrix = eulerToMatrix({ rot: 0, tilt: 0, psi: 0 });
    const odd = [silhouettes[0]!, prepareSilhouette(ball, 100)].map((silhouette) => ({ silhouette, matrix }));
    expect(() =>
      drawOutlinedPositions(
        { width: 9, height: 9, pixelSize: 4 },
        odd,
        { collapse: 1, clustering: 0 },
        Random.of(7, "x"),
      ),
    ).toThrow("silhouettes: found pixel sizes");
  });
});

test("an outline lists its pixels from the farthest inward, and shrinks about its centre", () => {
  const box = 9;
  const inside = Uint8Array.from({ length: 81 }, (_, i) =>
    Math.abs((i % 9) - 4) <= 3 && Math.abs(Math.floor(i / 9) - 4) <= 1 ? 1 : 0,
  );
  const { dx, dy, inscribed, reach } = outlineOf({ box, inside }, 1);
  expect(dx.length).toBe(21);
  expect([Math.abs(dx[0]!), Math.abs(dy[0]!)]).toEqual([3, 1]);
  expect([dx[20], dy[20]]).toEqual([0, 0]);
  expect(inscribed).toBe(2);
  expect(reach).toBeCloseTo(Math.sqrt(10), 12);
  expect(outlineOf({ box, inside }, 0.5).dx.length).toBe(3);
});
