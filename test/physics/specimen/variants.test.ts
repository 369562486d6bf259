import { describe, expect, test } from "vitest";
import { centre, type Volume } from "../../../src/array/image.js";
import { breakMap, fillMap, type Vector } from "../../../src/physics/specimen/variants.js";

const SIZE = 64;
const VOXEL = 2;

/** Density `inside` between the radii, 0 elsewhere, its middle at a place from the box's centre; voxels. */
function shell(inner: number, outer: number, inside: number, middle: Vector = [0, 0, 0]): Volume {
  const data = Float32Array.from({ length: SIZE ** 3 }, (_, i) => {
    const [x, y, z] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2)].map(
      (n, axis) => n - centre(SIZE) - middle[axis]!,
    );
    const radius = Math.hypot(x!, y!, z!);
    return radius >= inner && radius < outer ? inside : 0;
  });
  return { data, shape: [SIZE, SIZE, SIZE], voxelSize: VOXEL };
}

const sum = ({ data }: Volume): number => data.reduce((total, value) => total + value, 0);
const at = ({ data }: Volume, x: number, y: number, z: number): number =>
  data[((z + centre(SIZE)) * SIZE + y + centre(SIZE)) * SIZE + x + centre(SIZE)]!;

describe("broken particles", () => {
  const ball = shell(0, 24, 3);

  test.each([
    [0.1, [0, 0, 1]],
    [0.3, [0.6, 0, 0.8]],
    [0.5, [-0.36, 0.48, 0.8]],
    [0.8, [1, 0, 0]],
  ] as const)("of a ball the share %f is lost, beyond the height of its cap", (lost, direction) => {
    const { map, distance } = breakMap(ball, direction, lost);
    expect(sum(map) / sum(ball)).toBeCloseTo(1 - lost, 2);
    // volume of a cap of height h of a ball of radius R: pi h² (3 R - h) / 3
    const height = 24 * VOXEL - distance;
    const cap = (Math.PI * height ** 2 * (3 * 24 * VOXEL - height)) / 3;
    expect(cap / ((4 / 3) * Math.PI * (24 * VOXEL) ** 3)).toBeCloseTo(lost, 2);
  });

  test("the part in the direction is lost, the other one stays as it is", () => {
    const { map } = breakMap(ball, [1, 0, 0], 0.4);
    expect(at(map, 18, 0, 0)).toBe(0);
    expect(at(map, -18, 0, 0)).toBe(3);
    expect(at(map, 0, 18, 0)).toBe(3);
  });

  test("nothing is lost, or all of it", () => {
    expect(sum(breakMap(ball, [0, 1, 0], 0).map) / sum(ball)).toBeCloseTo(1, 2);
    expect(sum(breakMap(ball, [0, 1, 0], 1).map) / sum(ball)).toBeCloseTo(0, 2);
    expect(() => breakMap(ball, [0, 1, 0], 1.2)).toThrow(/lost.*1\.2.*0 to 1/);
  });
});

describe("particles with a core", () => {
  const middle: Vector = [3, -2, 1];
  const hollow = shell(14, 20, 3, middle);

  test("a ball of the density lies in the middle of the particle", () => {
    const diameter = 20 * VOXEL;
    const filled = fillMap(hollow, diameter, 2);
    const volume = (sum(filled) - sum(hollow)) / 2;
    expect(volume / ((4 / 3) * Math.PI * 10 ** 3)).toBeCloseTo(1, 1);
    expect(at(filled, ...middle)).toBe(2);
    expect(at(filled, middle[0] + 7, middle[1], middle[2])).toBe(2);
    expect(at(filled, middle[0] - 12, middle[1], middle[2])).toBe(0);
  });

  test("the particle itself stays as it is, also where the core reaches it", () => {
    const filled = fillMap(hollow, 40 * VOXEL, 2);
    hollow.data.forEach((value, i) => {
      if (value > 0 && filled.data[i] !== value) throw new Error(`voxel ${i} was changed`);
    });
  });
});
