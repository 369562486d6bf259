import { describe, expect, test } from "vitest";
import { correlation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { project } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { blobProjection, blobVolume, randomBlobs, scaleOf } from "../blobs.js";

describe.each([32, 33])("a box of %i", (n) => {
  const random = Random.of(7, "project", n);
  const blobs = randomBlobs(n, 12, random);
  const projector = prepareProjector(blobVolume(n, blobs, 2));

  test("projections are the exact line integrals of Gaussian blobs at any pose and sub-pixel shift", () => {
    for (let i = 0; i < 20; i++) {
      const a = eulerToMatrix(uniformRotation(random));
      const [shiftX, shiftY] = [random.uniform(-2, 2), random.uniform(-2, 2)];
      const image = project(projector, a, { shiftX, shiftY });
      const exact = blobProjection(n, blobs, a, shiftX, shiftY);
      expect(image.shape).toEqual([n, n]);
      expect(correlation(image.data, exact.data)).toBeGreaterThan(0.9995);
      // linear interpolation between Fourier samples, corrected on average, errs by a few per cent of the amplitude
      expect(scaleOf(exact.data, image.data)).toBeGreaterThan(0.94);
      expect(scaleOf(exact.data, image.data)).toBeLessThan(1.01);
    }
  });

  test("with more padding the amplitude comes nearer to the exact one", () => {
    const a = eulerToMatrix({ rot: 20, tilt: 50, psi: -70 });
    const exact = blobProjection(n, blobs, a);
    const error = (padding: number) =>
      Math.abs(
        1 - scaleOf(exact.data, project(prepareProjector(blobVolume(n, blobs, 2), { padding }), a).data),
      );
    expect(error(4)).toBeLessThan(0.4 * error(2));
  });

  test("the CTF multiplies each frequency: with phase contrast off, by the amplitude contrast", () => {
    const a = eulerToMatrix({ rot: 20, tilt: 50, psi: -70 });
    const flat = { defocusU: 0, defocusV: 0, defocusAngle: 0, phaseShift: 0, voltage: 300 };
    const image = project(projector, a, { ctf: { ...flat, sphericalAberration: 0, amplitudeContrast: 0.3 } });
    const plain = project(projector, a);
    expect(image.data).toBeAllclose(
      plain.data.map((v) => 0.3 * v),
      { absolute: 1e-5 },
    );
  });
});

test("at another pixel size the same density is sampled on another grid", () => {
  const random = Random.of(8, "rescale");
  const blobs = randomBlobs(32, 12, random).map((blob) => ({ ...blob, width: blob.width + 1 }));
  const volume = blobVolume(32, blobs, 2);
  const a = eulerToMatrix(uniformRotation(random));
  const projector = prepareProjector(volume, { pixelSize: 3 });
  expect(projector.box).toBe(22);
  const ratio = 2 / 3;
  const shrunk = blobs.map(({ x, y, z, width, height }) => ({
    ...{ x: x * ratio, y: y * ratio, z: z * ratio },
    // the sum over z keeps its count of the volume's voxels
    ...{ width: width * ratio, height: height / ratio },
  }));
  const exact = blobProjection(22, shrunk, a);
  const image = project(projector, a);
  expect(correlation(image.data, exact.data)).toBeGreaterThan(0.9995);
  expect(scaleOf(exact.data, image.data)).toBeCloseTo(1, 1);
});

test("a volume that is no cube is projected about its own centre", () => {
  const random = Random.of(9, "flat");
  const blobs = randomBlobs(24, 8, random).map((blob) => ({ ...blob, z: blob.z / 3 }));
  const cube = blobVolume(24, blobs);
  // sections 4 to 19: the centre moves from 12 to 8, which is floor(16 / 2)
  const flat = { data: cube.data.slice(4 * 576, 20 * 576), shape: [16, 24, 24] as const, voxelSize: 1 };
  const a = eulerToMatrix(uniformRotation(random));
  const image = project(prepareProjector(flat), a);
  expect(correlation(image.data, project(prepareProjector(cube), a).data)).toBeGreaterThan(0.9999);
});

test("refuses a volume without density", () => {
  const empty = { data: new Float32Array(8), shape: [2, 2, 2] as const, voxelSize: 1 };
  expect(() => prepareProjector(empty)).toThrow(/volume: found 0/);
});
