import { describe, expect, test } from "vitest";
import type { Volume } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix, rotationAngle } from "../../../src/core/rotation.js";
import { alignMaps } from "../../../src/evaluate/maps/align.js";
import { fourierShellCorrelation } from "../../../src/evaluate/maps/fsc.js";
import { TurnableMap } from "../../../src/evaluate/maps/turnable-map.js";

type Point = readonly [x: number, y: number, z: number];

const SIZE = 48;
const random = Random.of(3, "points of a particle without symmetry");
const points = Array.from(
  { length: 40 },
  (): Point => [random.normal(0, 5), random.normal(0, 5), random.normal(0, 5)],
);

const turned = (r: RotationMatrix, [x, y, z]: Point): Point => [
  r[0] * x + r[1] * y + r[2] * z,
  r[3] * x + r[4] * y + r[5] * z,
  r[6] * x + r[7] * y + r[8] * z,
];

/** Gaussian spots about the centre, evaluated at the voxels: no interpolation has a part in it. */
function spots(places: readonly Point[], deviation = 1.6, noise = 0): Volume {
  const data = new Float32Array(SIZE ** 3);
  const noises = Random.of(places.length, "noise", String(places[0]));
  for (let z = 0, i = 0; z < SIZE; z++)
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++, i++) {
        let sum = 0;
        for (const [px, py, pz] of places) {
          const squared = (x - 24 - px) ** 2 + (y - 24 - py) ** 2 + (z - 24 - pz) ** 2;
          if (squared < 64) sum += Math.exp(-squared / (2 * deviation * deviation));
        }
        data[i] = sum + (noise > 0 ? noises.normal(0, noise) : 0);
      }
  return { data, shape: [SIZE, SIZE, SIZE], voxelSize: 2 };
}

const rotation = eulerToMatrix({ rot: 37, tilt: 71, psi: -122 });
const shift: Point = [1.3, -2.1, 0.6];
const moved = (place: Point): Point => {
  const [x, y, z] = turned(rotation, place);
  return [x + shift[0], y + shift[1], z + shift[2]];
};

describe("TurnableMap", () => {
  test("a turned and moved map is that of the turned and moved spots", () => {
    const placed = new TurnableMap(spots(points)).placed({ rotation, shift, mirrored: false });
    const { correlation } = fourierShellCorrelation(placed, spots(points.map(moved)));
    expect(Math.min(...correlation.subarray(0, 20))).toBeGreaterThan(0.999);
    const mirrored = new TurnableMap(spots(points)).placed({ rotation, shift, mirrored: true });
    const other = spots(points.map(([x, y, z]) => moved([x, y, -z])));
    expect(Math.min(...fourierShellCorrelation(mirrored, other).correlation.subarray(0, 20))).toBeGreaterThan(
      0.999,
    );
  });
});

describe("alignMaps", () => {
  test.each([false, true])("finds rotation, shift and hand of a map with noise; mirrored: %s", (mirrored) => {
    const map = spots(mirrored ? points.map(([x, y, z]) => [x, y, -z]) : points, 1.6, 0.1);
    const found = alignMaps(spots(points.map(moved), 1.6, 0.1), map);
    expect(found.mirrored).toBe(mirrored);
    expect(rotationAngle(found.rotation, rotation)).toBeLessThan(0.5);
    for (const axis of [0, 1, 2]) expect(Math.abs(found.shift[axis]! - shift[axis]!)).toBeLessThan(0.1);
  });

  test("the wrong hand fits worse", () => {
    const reference = spots(points.map(moved));
    const right = alignMaps(reference, spots(points), { hands: ["same"] });
    const wrong = alignMaps(reference, spots(points), { hands: ["mirrored"] });
    expect(right.correlation).toBeGreaterThan(0.98);
    expect(wrong.correlation).toBeLessThan(0.6);
  });
});
