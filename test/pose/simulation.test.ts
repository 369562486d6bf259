import { expect, test } from "vitest";
import { irfft2, rfft2 } from "../../src/array/fft/fft.js";
import { resampleVolume } from "../../src/array/fft/resample.js";
import { correlation } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { eulerToMatrix, uniformRotation } from "../../src/core/rotation.js";
import { multiplyCtf } from "../../src/physics/optics/ctf-filter.js";
import { prepareProjector } from "../../src/physics/projection/projector.js";
import { flipPhases, fromWorking, workingImage } from "../../src/pose/image.js";
import { evenFilter, filterRings, RingSums } from "../../src/pose/rings.js";
import {
  measureImages,
  type PoseSimulation,
  simulatedParticle,
  workingTransfer,
} from "../../src/pose/simulation.js";
import { blobProjection, blobVolume, randomBlobs } from "../physics/blobs.js";

// images of 64 pixels of 4 angstrom become 32 of 8; blobs are known in closed form, so nothing here projects but the simulation
const [BOX, PIXEL, SIDE] = [64, 4, 32];
const blobs = randomBlobs(BOX, 12, Random.of(5, "blobs"));
const frame = { pixelSize: PIXEL, workingPixel: 8, side: SIDE };
const optics = {
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, phaseShift: 0 },
  ...{ defocusU: 40_000, defocusV: 38_000, defocusAngle: 30 },
};
const map = { ...blobVolume(BOX, blobs), voxelSize: PIXEL };
const simulation: PoseSimulation = {
  projector: prepareProjector(resampleVolume(map, frame.workingPixel, SIDE)),
  ctfs: [optics],
  transfer: workingTransfer(BOX, frame),
  options: { ctf: "flip", moves: 15, contrast: 0, defocus: 0 },
};
const NOTHING = { strength: new Float64Array(SIDE).fill(1), noise: new Float64Array(SIDE), signalToNoise: 0 };

/** The image that a particle of that pose has as a file would bring it: all of it at the images' own pixels. */
function asStored(rotation: ReturnType<typeof eulerToMatrix>, x: number, y: number) {
  const clean = blobProjection(BOX, blobs, rotation, fromWorking(x, frame), fromWorking(y, frame));
  const spectrum = rfft2(clean);
  multiplyCtf(spectrum, { ...optics, pixelSize: PIXEL, factor: 1 });
  return irfft2(spectrum);
}

test("a simulated image is that of a stored one with the same pose and CTF, brought to working pixels", () => {
  const [simulated, wanted] = [new RingSums(SIDE), new RingSums(SIDE)];
  for (let i = 0; i < 20; i++) {
    const { image, rotation, x, y } = simulatedParticle(simulation, NOTHING, Random.of(i, "particle"));
    const stored = workingImage(flipPhases(asStored(rotation, x, y), optics, PIXEL), frame);
    expect(correlation(image.data, stored.data)).toBeGreaterThan(0.99);
    simulated.add(image.data);
    wanted.add(stored.data);
  }
  // the projection at half the pixels is half as strong; at high frequencies it has lost as much as bringing an image to working pixels takes
  for (const ring of [3, 8, 12]) {
    const ratio = (4 * simulated.meanPower[ring]!) / wanted.meanPower[ring]!;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  }
});

test("strength and noise are measured in images of other strength and coloured noise", () => {
  const random = Random.of(8, "images");
  const images = Array.from({ length: 600 }, () => {
    const rotation = eulerToMatrix(uniformRotation(random));
    const image = asStored(rotation, random.normal(0, 7.5 / 8), random.normal(0, 7.5 / 8));
    const { data } = workingImage(flipPhases(image, optics, PIXEL), frame);
    // as a whole the particle has half of the contrast that its detail has
    filterRings(
      data,
      Array.from({ length: SIDE }, (_, ring) => (ring < 2 ? 1.5 : 3)),
    );
    return data;
  });
  const deviation = Math.sqrt(
    images.flatMap((image) => [...image]).reduce((sum, v) => sum + v * v, 0) / (600 * SIDE ** 2),
  );
  // each pixel the mean of two: more noise at low frequencies along x
  for (const image of images) {
    const white = random.fillNormal(new Float32Array(image.length + 1));
    for (let p = 0; p < image.length; p++) image[p]! += 2 * deviation * (white[p]! + white[p + 1]!);
  }
  const { strength, noise } = measureImages(images, simulation, Random.of(1, "measure"));
  // three times a map of which, at twice the voxel size, half as many sections add up
  expect(strength[5]).toBeGreaterThan(5.5);
  expect(strength[5]).toBeLessThan(6.5);
  expect(strength[1]).toBeGreaterThan(2.75);
  expect(strength[1]).toBeLessThan(3.25);
  const white = (2 * deviation * SIDE) ** 2;
  for (const ring of [4, 8, 12]) {
    // along a ring, the mean of 2 + 2 cos(2 pi kx / side)
    let sum = 0;
    for (let t = 0; t < 360; t++)
      sum += 2 + 2 * Math.cos((2 * Math.PI * ring * Math.cos((t * Math.PI) / 180)) / SIDE);
    expect(noise[ring]! / ((white * sum) / 360)).toBeGreaterThan(0.8);
    expect(noise[ring]! / ((white * sum) / 360)).toBeLessThan(1.2);
  }
  const inverted = images.map((image) => image.map((value) => -value));
  expect(measureImages(inverted, simulation, Random.of(1, "measure")).strength[5]).toBeLessThan(0);
});

test("the filter brings the rest of an image to equal power", () => {
  const random = Random.of(4, "filter");
  const images = Array.from({ length: 50 }, () => {
    const image = random.fillNormal(new Float32Array(SIDE * SIDE));
    for (let p = image.length - 1; p > 0; p--) image[p]! += image[p - 1]!;
    return image;
  });
  const before = new RingSums(SIDE);
  for (const image of images) before.add(image);
  const filter = evenFilter(before.meanPower, 8);
  const after = new RingSums(SIDE);
  for (const image of images) {
    filterRings(image, filter);
    after.add(image);
  }
  for (let ring = 1; ring <= 8; ring++) expect(after.meanPower[ring]).toBeCloseTo(1, 4);
  for (let ring = 9; ring <= 16; ring++) expect(after.meanPower[ring]).toBeLessThan(1e-6);
  expect(evenFilter(before.meanPower, 0)).toEqual([]);
});

test("the noise has the power asked for at the frequencies of every direction", () => {
  const noise = new Float64Array(SIDE).fill(SIDE ** 2);
  const [along, down, oblique] = [0, 0, 0].map(() => ({ sum: 0, count: 0 })) as [Sum, Sum, Sum];
  for (let i = 0; i < 200; i++) {
    const only = { strength: new Float64Array(SIDE), noise, signalToNoise: 0 };
    const { data } = rfft2(simulatedParticle(simulation, only, Random.of(i, "noise")).image);
    for (let k = 1; k < SIDE / 2; k++) {
      for (const [sum, row, column] of [
        [along, 0, k],
        [down, k, 0],
        [oblique, k, k],
      ] as const) {
        const at = 2 * (row * (SIDE / 2 + 1) + column);
        sum.sum += (data[at]! ** 2 + data[at + 1]! ** 2) / SIDE ** 2;
        sum.count++;
      }
    }
  }
  // 3,000 samples of an exponential distribution of mean 1: a deviation of 0.018
  for (const { sum, count } of [along, down, oblique]) expect(Math.abs(sum / count - 1)).toBeLessThan(0.1);
});

interface Sum {
  sum: number;
  count: number;
}
