import { describe, expect, test } from "vitest";
import { rfft2 } from "../../../src/array/fft/fft.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, type RotationMatrix, uniformRotation } from "../../../src/core/rotation.js";
import { whiteNoise } from "../../../src/physics/noise.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import { multiplyCtf } from "../../../src/physics/optics/ctf-filter.js";
import { multiplySpectrum } from "../../../src/physics/projection/project.js";
import { prepareProjector } from "../../../src/physics/projection/projector.js";
import { slicePlain } from "../../../src/physics/projection/slice-reference.js";
import { sliceFast } from "../../../src/physics/projection/slice-wasm.js";
import { blobVolume, randomBlobs } from "../blobs.js";

describe.each([7, 16, 31, 40])("slices of a noisy box of %i", (n) => {
  const random = Random.of(1, "slice", n);
  const volume = blobVolume(n, randomBlobs(n, 5, random));
  for (let i = 0; i < volume.data.length; i++) volume.data[i]! += 0.1 * random.normal();
  const { cube, step, box, radius } = prepareProjector(volume);
  const columnPhases = Float32Array.from({ length: 2 * ((n >> 1) + 1) }, (_, i) => Math.cos(i));
  const rowPhases = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i + 1));

  test("are the same from WebAssembly as from plain TypeScript, along the axes too", () => {
    const views = [
      { rot: 0, tilt: 0, psi: 0 },
      { rot: 0, tilt: 90, psi: 0 },
      { rot: 90, tilt: 90, psi: 90 },
      ...Array.from({ length: 10 }, () => uniformRotation(random)),
    ];
    for (const view of views) {
      const matrix = eulerToMatrix(view).map((entry) => entry * step) as unknown as RotationMatrix;
      const request = { matrix, box, radius, columnPhases, rowPhases };
      const plain = slicePlain(cube, request);
      const highest = plain.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      // 16-bit samples, each to a 65,000th of the largest in its brick
      expect(sliceFast(cube, request)).toBeAllclose(plain, { relative: 1e-5, absolute: 2.5e-5 * highest });
    }
  });
});

test("a low-passed volume keeps only the frequencies it has", () => {
  const random = Random.of(2, "lowpass");
  const wide = randomBlobs(48, 8, random).map((b) => ({
    ...{ x: b.x / 4, y: b.y / 4, z: b.z / 4 },
    ...{ height: b.height, width: 4 },
  }));
  const projector = prepareProjector(blobVolume(48, wide));
  // exp(-2π² 16 k²) falls below 3e-5 of amplitude at k = 0.18 cycles per voxel, frequency step 8.7
  expect(projector.radius).toBeGreaterThan(7);
  expect(projector.radius).toBeLessThan(11);
});

describe("multiplyCtf", () => {
  const parameters = {
    ...{ voltage: 200, sphericalAberration: 2, amplitudeContrast: 0.1, pixelSize: 1.1 },
    ...{ defocusU: 24_000, defocusV: 21_000, defocusAngle: 73, phaseShift: 40, bFactor: 30 },
  };
  const image = whiteNoise([45, 62], Random.of(3, "ctf filter"));

  test("is multiplySpectrum with ctf", () => {
    const fast = rfft2(image);
    const plain = rfft2(image);
    multiplyCtf(fast, { ...parameters, factor: -1 });
    const transfer = ctf(parameters);
    multiplySpectrum(plain, 1.1, (kx, ky) => -transfer(kx, ky));
    expect(fast.data).toBeAllclose(plain.data, { absolute: 1e-5 });
  });

  test("empties what lies beyond the highest frequency and nothing else", () => {
    const whole = rfft2(image);
    const cut = rfft2(image);
    multiplyCtf(whole, { ...parameters, factor: 1 });
    multiplyCtf(cut, { ...parameters, factor: 1, highest: 0.2 });
    for (let i = 0; i < cut.data.length / 2; i++) {
      const [row, kx] = [Math.floor(i / 32), (i % 32) / (62 * 1.1)];
      const ky = (row < 23 ? row : row - 45) / (45 * 1.1);
      expect(cut.data[2 * i]).toBe(kx * kx + ky * ky > 0.04 ? 0 : whole.data[2 * i]);
    }
  });
});
