import { describe, expect, test } from "vitest";
import { zeros } from "../../../src/array/image.js";
import { crop } from "../../../src/array/resample.js";
import { correlation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import type { MicrographInputs } from "../../../src/physics/micrograph/inputs.js";
import { simulateMicrograph } from "../../../src/physics/micrograph/micrograph.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import type { PlacedParticle } from "../../../src/physics/specimen/specimen.js";
import { blobVolume, randomBlobs, scaleOf } from "../blobs.js";

const n = 32;
const random = Random.of(21, "micrograph");
const projector = prepareProjector(blobVolume(n, randomBlobs(n, 12, random), 4));
const angles = uniformRotation(random);
const at = (x: number, y: number, depth = 0): PlacedParticle => ({
  ...{ x, y, depth, structure: 0 },
  ...angles,
  matrix: eulerToMatrix(angles),
});
const inputs: MicrographInputs = {
  shape: [90, 131],
  optics: { pixelSize: 4, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  defocus: { defocusU: 20_000, defocusV: 16_000, defocusAngle: 25, phaseShift: 0 },
  projectors: [projector],
  particles: [],
};
const difference = (a: Float32Array, b: Float32Array) => {
  const highest = a.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0) / highest;
};

describe("simulateMicrograph", () => {
  test("is the sum of its particles' micrographs", () => {
    const [a, b] = [at(40.3, 30.7), at(80.9, 55.1)];
    const both = simulateMicrograph({ ...inputs, particles: [a, b] }).clean;
    const sum = simulateMicrograph({ ...inputs, particles: [a] }).clean.data.slice();
    for (const [i, v] of simulateMicrograph({ ...inputs, particles: [b] }).clean.data.entries()) sum[i]! += v;
    expect(difference(both.data, sum)).toBeLessThan(1e-5);
  });

  test("a particle's strength multiplies its image, whatever its depth, and leaves its mask", () => {
    for (const depth of [0, 300]) {
      const whole = simulateMicrograph({ ...inputs, particles: [{ ...at(40.3, 30.7), depth }] });
      const half = simulateMicrograph({
        ...inputs,
        particles: [{ ...at(40.3, 30.7), depth, strength: 0.5 }],
      });
      const highest = Math.max(...whole.clean.data.map(Math.abs));
      const expected = whole.clean.data.map((value) => value / 2);
      expect(half.clean.data).toBeAllclose(expected, { relative: 0, absolute: 1e-6 * highest });
      expect(half.mask).toEqual(whole.mask);
      expect(half.particles[0]!.strength).toBe(0.5);
    }
  });

  test("a corner particle and its fringes do not come back at the opposite edges", () => {
    const whole = simulateMicrograph({ ...inputs, shape: [250, 300], particles: [at(80, 80)] }).clean;
    const corner = simulateMicrograph({ ...inputs, shape: [170, 220], particles: [at(0, 0)] }).clean;
    expect(difference(crop(whole, 80, 80, [170, 220]).data, corner.data)).toBeLessThan(2e-3);
    const far = crop(corner, 110, 85, [85, 110]).data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const near = corner.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(far / near).toBeLessThan(2e-3);
  });

  test("its records say where the particle is: x - originX / pixelSize", () => {
    const { particles } = simulateMicrograph({ ...inputs, particles: [at(40.3, 30.7)] });
    const { x, y, originX, originY } = particles[0]!;
    expect([x, y]).toEqual([40, 31]);
    expect(x - originX / 4).toBeCloseTo(40.3, 9);
    expect(y - originY / 4).toBeCloseTo(30.7, 9);
  });

  test("a particle at a depth looks as at the micrograph's defocus minus its depth", () => {
    const depth = 6_000;
    const deep = simulateMicrograph({ ...inputs, particles: [at(60.4, 45.2, depth)] });
    const { defocusU, defocusV } = deep.particles[0]!;
    expect([defocusU, defocusV]).toEqual([14_000, 10_000]);
    const refocused = simulateMicrograph({
      ...inputs,
      defocus: { ...inputs.defocus, defocusU, defocusV },
      particles: [at(60.4, 45.2)],
    });
    const other = simulateMicrograph({ ...inputs, particles: [at(60.4, 45.2)] });
    expect(difference(refocused.clean.data, deep.clean.data)).toBeLessThan(0.01);
    expect(difference(refocused.clean.data, other.clean.data)).toBeGreaterThan(0.1);
  });

  test("the ice gradient multiplies the potential before the optics", () => {
    const particles = [at(30.2, 40.1), at(100.6, 50.3)];
    const ice = zeros(2, 2);
    ice.data.set([1, 0.25, 1, 0.25]);
    const even = simulateMicrograph({ ...inputs, particles });
    const graded = simulateMicrograph({ ...inputs, particles, ice });
    const box = (m: { clean: typeof ice }, x: number) => crop(m.clean, x - 16, 30, [32, 32]).data;
    // W falls from 1 to 1/4 between the centres of the two halves, columns 32.25 and 98
    expect(scaleOf(box(graded, 100), box(even, 100))).toBeCloseTo(0.25, 1);
    expect(scaleOf(box(graded, 30), box(even, 30))).toBeCloseTo(1, 1);
  });

  describe("contaminants", () => {
    const lump = { x: 100, y: 90, radius: 80, thickness: 100, lobes: 2, depth: 0, angle: 0 };
    const matter = { density: 0.03, absorption: 0.2 };
    const field = { ...inputs, shape: [180, 200] as const };

    test("take amplitude contrast and what they absorb off the sum of a micrograph", () => {
      const { clean, mask } = simulateMicrograph({ ...field, contaminants: { lumps: [lump], matter } });
      const potential = (matter.density * (2 / 3) * Math.PI * lump.radius ** 2 * lump.thickness) / 4 ** 2;
      const expected = -(inputs.optics.amplitudeContrast + matter.absorption) * potential;
      const sum = clean.data.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum / expected - 1)).toBeLessThan(0.01);
      expect(Math.max(...mask.data)).toBe(0);
    });

    test("cut by an edge do not come back at the opposite one", () => {
      const only = { ...field, contaminants: { lumps: [{ ...lump, x: 0 }], matter } };
      const { clean } = simulateMicrograph(only);
      const darkest = clean.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      const right = crop(clean, 140, 0, [180, 60]).data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      expect(right / darkest).toBeLessThan(5e-3);
    });
  });

  test("protein is dark", () => {
    const { clean, mask } = simulateMicrograph({ ...inputs, particles: [at(60, 45)] });
    let inside = 0;
    for (let i = 0; i < clean.data.length; i++) inside += clean.data[i]! * mask.data[i]!;
    expect(inside).toBeLessThan(0);
    expect(correlation(clean.data, mask.data)).toBeLessThan(-0.3);
  });

  test("a particle cut by the edge is labelled with the fraction of it that shows", () => {
    const middle = simulateMicrograph({ ...inputs, particles: [at(60, 45)] });
    const total = middle.mask.data.reduce((a, b) => a + b, 0);
    const cut = simulateMicrograph({ ...inputs, particles: [at(1, 45)] });
    const shown = cut.mask.data.reduce((a, b) => a + b, 0);
    expect(middle.particles[0]!.visibleFraction).toBe(1);
    expect(cut.particles[0]!.visibleFraction).toBeCloseTo(shown / total, 12);
    expect(shown / total).toBeLessThan(0.8);
  });

  test("overlap is the fraction of a footprint under other footprints", () => {
    const { particles } = simulateMicrograph({ ...inputs, particles: [at(40, 45), at(48, 45), at(110, 45)] });
    const single = (x: number) => simulateMicrograph({ ...inputs, particles: [at(x, 45)] }).mask.data;
    const [first, second] = [single(40), single(48)];
    const shared = first.reduce((sum, v, i) => sum + v * second[i]!, 0);
    expect(particles[0]!.overlap).toBeCloseTo(shared / first.reduce((a, b) => a + b, 0), 12);
    expect(particles[1]!.overlap).toBeGreaterThan(0.2);
    expect(particles[2]!.overlap).toBe(0);
  });

  test("without particles it is empty and does not fail", () => {
    const { clean, mask, particles } = simulateMicrograph(inputs);
    expect(clean.shape).toEqual([90, 131]);
    expect(clean.data.every((v) => v === 0) && mask.data.every((v) => v === 0)).toBe(true);
    expect(particles).toEqual([]);
  });

  test("refuses a projector of another pixel size and a structure without projector", () => {
    const optics = { ...inputs.optics, pixelSize: 5 };
    expect(() => simulateMicrograph({ ...inputs, optics })).toThrow(/pixel size of projector 0: found 4/);
    expect(() => simulateMicrograph({ ...inputs, particles: [{ ...at(1, 1), structure: 1 }] })).toThrow(
      /2 structures/,
    );
  });
});
