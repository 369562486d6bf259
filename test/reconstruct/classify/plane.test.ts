import { describe, expect, test } from "vitest";
import { rfft2 } from "../../../src/array/fft/fft.js";
import { correlation } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { eulerToMatrix, rotationAngle } from "../../../src/core/rotation.js";
import type { CtfParameters } from "../../../src/physics/optics/ctf.js";
import { InPlaneGrid } from "../../../src/reconstruct/classify/in-plane-grid.js";
import { planeOf, planeShape } from "../../../src/reconstruct/classify/plane.js";
import {
  averageOf,
  completed,
  emptyPlaneSums,
  insertIntoPlane,
  signalOf,
} from "../../../src/reconstruct/classify/plane-sums.js";
import { frequenciesWithin } from "../../../src/reconstruct/search/frequencies.js";
import { Matcher } from "../../../src/reconstruct/search/matcher.js";
import { OrientationGrid } from "../../../src/reconstruct/search/orientation-grid.js";
import { particleSpectrum } from "../../../src/reconstruct/search/particle-spectrum.js";
import { blobProjection, randomBlobs } from "../../physics/blobs.js";

const random = Random.of(4, "planes");
const box = 24;
const pixelSize = 4;
// sharp blobs near the centre: their power falls slowly from ring to ring
const blobs = randomBlobs(box, 10, random).map((blob) => ({
  ...blob,
  ...{ x: 0.7 * blob.x, y: 0.7 * blob.y, z: 0.7 * blob.z, width: 1 },
}));
const flat = { rot: 0, tilt: 0 };
const turned = (psi: number) => blobProjection(box, blobs, eulerToMatrix({ ...flat, psi }));
const frequencies = frequenciesWithin(box, 9);
const shape = planeShape(box, 10);
// a CTF of 1 everywhere: amplitude contrast alone, no defocus
const plain: CtfParameters = {
  ...{ voltage: 300, sphericalAberration: 0, amplitudeContrast: 1 },
  ...{ defocusU: 0, defocusV: 0, defocusAngle: 0, phaseShift: 0 },
};
const spectrumOf = (data: Float32Array) =>
  particleSpectrum({ data, shape: [box, box] }, frequencies, plain, pixelSize).data;

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

test("slices of the planes of several images are the transforms of those images turned by psi", () => {
  const other = randomBlobs(box, 6, random);
  const sources = [turned(0), blobProjection(box, other, eulerToMatrix({ ...flat, psi: 0 }))];
  const matcher = new Matcher(sources.map((image) => planeOf(image, shape)));
  const angles = [0, 37, 90, -121];
  const views = angles.flatMap((psi) =>
    [0, 1].map((reference) => ({ reference, matrix: eulerToMatrix({ ...flat, psi }) })),
  );
  const slices = matcher.slices(views, frequencies);
  const length = 2 * frequencies.kx.length;
  for (const [v, { reference, matrix }] of views.entries()) {
    const expected = spectrumOf(blobProjection(box, reference === 0 ? blobs : other, matrix).data);
    const found = slices.slice(v * length, (v + 1) * length);
    // beyond `count` a list holds frequency 0, at which nothing is compared
    for (let i = frequencies.count; i < length / 2; i++) found[i] = 0;
    // linear interpolation in a transform padded to twice the size is right on average, not at every sample
    const difference = found.map((value, i) => value - expected[i]!);
    expect(norm(difference) / norm(expected)).toBeLessThan(0.06);
  }
  // those that are held are the same
  const weights = new Float32Array(frequencies.kx.length).fill(1);
  const before = matcher.scores(views, frequencies, spectrumOf(turned(10).data), weights);
  matcher.hold(views, frequencies);
  expect(matcher.scores(views, frequencies, spectrumOf(turned(10).data), weights)).toEqual(before);
});

describe("sums of a class", () => {
  const deviation = 1;
  const noise = deviation ** 2 * box * box;
  const count = 120;
  const halves = [emptyPlaneSums(shape), emptyPlaneSums(shape)] as const;
  for (let i = 0; i < count; i++) {
    const psi = random.uniform(0, 360);
    const { data } = turned(psi);
    const seen = spectrumOf(data.map((value) => value + random.normal(0, deviation)));
    const weights = new Float32Array(frequencies.kx.length).fill(1 / noise);
    const image = seen.map((value) => value / noise);
    insertIntoPlane(halves[i % 2]!, image, weights, frequencies, eulerToMatrix({ ...flat, psi }));
  }
  const whole = halves.map(completed) as unknown as readonly [
    ReturnType<typeof completed>,
    ReturnType<typeof completed>,
  ];
  const { power, signalToNoise } = signalOf(whole);
  const truth = turned(0);

  test("tell the power of the signal, and its ratio to the noise of the average, ring by ring", () => {
    const spectrum = rfft2(truth).data;
    for (let ring = 2; ring <= 5; ring++) {
      // the three rings over which signalOf takes the mean
      let [sum, members] = [0, 0];
      for (let y = -8; y <= 8; y++) {
        for (let x = 0; x <= 8; x++) {
          if (Math.abs(Math.round(Math.sqrt(x * x + y * y)) - ring) > 1 || (x === 0 && y <= 0)) continue;
          const at = 2 * (((y + box) % box) * (box / 2 + 1) + x);
          sum += spectrum[at]! ** 2 + spectrum[at + 1]! ** 2;
          members++;
        }
      }
      const expected = sum / members;
      expect(power[ring]! / expected).toBeGreaterThan(0.7);
      expect(power[ring]! / expected).toBeLessThan(1.3);
      const ratio = signalToNoise[ring]! / ((count * power[ring]!) / noise);
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
    }
  });

  test("divided by their weights give the image back, on its grey scale", () => {
    const both = { ...whole[0], data: whole[0].data.slice(), weight: whole[0].weight.slice() };
    for (let i = 0; i < both.data.length; i++) both.data[i]! += whole[1].data[i]!;
    for (let i = 0; i < both.weight.length; i++) both.weight[i]! += whole[1].weight[i]!;
    const average = averageOf(both, power);
    expect(correlation(average.data, truth.data)).toBeGreaterThan(0.97);
    // zero frequency is left out: the mean of all pixels is 0
    const level = truth.data.reduce((sum, value) => sum + value, 0) / truth.data.length;
    let [product, square] = [0, 0];
    for (const [i, value] of truth.data.entries()) {
      product += average.data[i]! * (value - level);
      square += (value - level) ** 2;
    }
    expect(product / square).toBeGreaterThan(0.93);
    expect(product / square).toBeLessThan(1.03);
  });

  test("of noise alone have no signal", () => {
    const nothing = [emptyPlaneSums(shape), emptyPlaneSums(shape)] as const;
    for (let i = 0; i < 60; i++) {
      const image = spectrumOf(Float32Array.from({ length: box * box }, () => random.normal()));
      const weights = new Float32Array(frequencies.kx.length).fill(1 / box ** 2);
      const matrix = eulerToMatrix({ ...flat, psi: random.uniform(0, 360) });
      insertIntoPlane(
        nothing[i % 2]!,
        image.map((value) => value / box ** 2),
        weights,
        frequencies,
        matrix,
      );
    }
    const ratios = signalOf(nothing.map(completed) as unknown as typeof whole).signalToNoise;
    const rest = ratios.slice(2, 9);
    expect(rest.reduce((sum, value) => sum + value, 0) / rest.length).toBeLessThan(0.3);
  });
});

describe("the grid of classes and in-plane angles", () => {
  const grid = new InPlaneGrid(3, 11);

  test("divides a cell into two that lie half a step about its middle", () => {
    for (const cell of [0, 23, 24, 71]) {
      const { reference, matrix } = grid.view(2, cell);
      const children = grid.children(2, cell).map((child) => grid.view(3, child));
      for (const child of children) {
        expect(child.reference).toBe(reference);
        expect(rotationAngle(child.matrix, matrix)).toBeCloseTo(OrientationGrid.step(3) / 2, 6);
      }
      expect(rotationAngle(children[0]!.matrix, children[1]!.matrix)).toBeCloseTo(OrientationGrid.step(3), 6);
    }
  });

  test("around a cell are the cells of its class within a step, the turn's end and its beginning next to each other", () => {
    for (const cell of [0, 23, 24, 50]) {
      const { reference, matrix } = grid.view(2, cell);
      const near = grid.cells(3).filter((each) => {
        const view = grid.view(3, each);
        return view.reference === reference && rotationAngle(view.matrix, matrix) < OrientationGrid.step(2);
      });
      expect([...grid.around(2, cell)].sort((a, b) => a - b)).toEqual(near);
    }
  });
});
