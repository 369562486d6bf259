import { describe, expect, test } from "vitest";
import { irfft2, rfft2 } from "../../src/array/fft/fft.js";
import { type Image, zeros } from "../../src/array/image.js";
import { powerSpectrum2d } from "../../src/array/spectrum/power.js";
import { correlation, mean, moments, variance } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import {
  addNoise,
  colouredNoise,
  expose,
  type NoiseModel,
  noiseDeviation,
  whiteNoise,
} from "../../src/physics/noise.js";

/** Smooth bumps with a mean of 3: something to be a clean image. */
function bumps(rows: number, columns: number): Image {
  const image = zeros(rows, columns);
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = 3 + Math.sin((i % columns) / 7) * Math.cos(Math.floor(i / columns) / 11);
  }
  return image;
}

/** Equal byte for byte. */
const same = (a: Image, b: Image): boolean => a.data.every((v, i) => v === b.data[i]);

const clean = bumps(200, 160);
const power = { data: new Float32Array(16 * 9).fill(1), shape: [16, 16] as const };
const MODELS: readonly NoiseModel[] = [
  { kind: "gaussian", snr: 0.1 },
  { kind: "poisson", snr: 0.1, dose: 40, pixelSize: 1.5 },
  { kind: "poisson-gaussian", snr: 0.1, dose: 40, pixelSize: 1.5, gaussianShare: 0.4 },
  { kind: "coloured", snr: 0.1, power },
];

describe.each(MODELS)("$kind noise", (model) => {
  const noisy = addNoise(clean, model, Random.of(1, "noise"));
  const noise = noisy.data.map((v, i) => v - clean.data[i]!);

  test("has the variance of the clean image over the SNR, no mean, and nothing of the image in it", () => {
    expect(variance(noise) / (variance(clean.data) / 0.1)).toBeCloseTo(1, 1);
    expect(Math.abs(mean(noise))).toBeLessThan(5 * Math.sqrt(variance(noise) / noise.length));
    expect(Math.abs(correlation(noise, clean.data))).toBeLessThan(5 / Math.sqrt(noise.length));
  });

  test("repeats with the same stream, differs with another, and leaves the clean image alone", () => {
    expect(same(addNoise(clean, model, Random.of(1, "noise")), noisy)).toBe(true);
    expect(same(addNoise(clean, model, Random.of(2, "noise")), noisy)).toBe(false);
    expect(same(clean, bumps(200, 160))).toBe(true);
  });

  test("an infinite SNR adds nothing", () => {
    const still = addNoise(clean, { ...model, snr: Number.POSITIVE_INFINITY }, Random.of(1, "noise"));
    expect(same(still, clean)).toBe(true);
  });
});

test("shot noise is strongest where the image is brightest, Gaussian noise is not", () => {
  const step = zeros(200, 200);
  step.data.fill(1, 20_000);
  const halves = (model: NoiseModel) => {
    const { data } = addNoise(step, model, Random.of(3, "shot"));
    return variance(data.subarray(20_000)) / variance(data.subarray(0, 20_000));
  };
  // at SNR 10 and 5 electrons a pixel: contrast 2 sqrt(10 / 5), clipped at zero, is far from weak
  expect(halves({ kind: "poisson", snr: 1, dose: 20, pixelSize: 1 })).toBeGreaterThan(1.3);
  expect(halves({ kind: "gaussian", snr: 1 })).toBeCloseTo(1, 1);
});

test("counts are whole electrons", () => {
  const { data } = addNoise(
    clean,
    { kind: "poisson", snr: 0.1, dose: 4, pixelSize: 1 },
    Random.of(4, "counts"),
  );
  const contrast = 1 / (noiseDeviation(clean, 0.1) * 2);
  const average = mean(clean.data);
  for (const value of data.subarray(0, 500)) {
    const electrons = 4 * (1 + contrast * (value - average));
    expect(Math.abs(electrons - Math.round(electrons))).toBeLessThan(1e-3);
  }
});

describe("coloured noise", () => {
  /** A ridge at 0.15 cycles per pixel, stronger along x. */
  const ridge = (n: number) => {
    const width = Math.floor(n / 2) + 1;
    const data = new Float32Array(n * width);
    for (let i = 0; i < data.length; i++) {
      const u = (i % width) / n;
      const row = Math.floor(i / width);
      const v = (row < (n + 1) / 2 ? row : row - n) / n;
      data[i] = 0.2 + (1 + u) * Math.exp(-((Math.sqrt(u * u + v * v) - 0.15) ** 2) / 0.002);
    }
    return { data, shape: [n, n] as const };
  };

  test.each([
    [64, 500, 430],
    [45, 371, 402],
  ])("of a tile of %i has that spectrum on %i x %i pixels", (n, rows, columns) => {
    const noise = colouredNoise([rows, columns], ridge(n), Random.of(5, "ridge"));
    expect(noise.shape).toEqual([rows, columns]);
    const { data } = powerSpectrum2d(noise, 32);
    const wanted = ridge(32).data;
    const inner = (values: Float32Array) => values.filter((_, i) => i % 17 > 2);
    expect(correlation(inner(data), inner(wanted))).toBeGreaterThan(0.97);
    const total = moments(noise.data);
    expect(total.variance).toBeCloseTo(1, 1);
    expect(Math.abs(total.excessKurtosis)).toBeLessThan(0.1);
  });

  test("opposite edges are independent", () => {
    // nearly all power below 0.02 cycles per pixel: neighbours are alike, and would be so around the edge
    const low = { data: new Float32Array(64 * 33).fill(1e-4), shape: [64, 64] as const };
    for (const i of [0, 1, 33, 63 * 33, 34, 63 * 33 + 1]) low.data[i] = 1;
    const across: number[] = [];
    const down: number[] = [];
    const beside: number[] = [];
    for (let seed = 0; seed < 100; seed++) {
      const { data } = colouredNoise([48, 48], low, Random.of(seed, "edges"));
      across.push(data[24 * 48]! * data[24 * 48 + 47]!);
      down.push(data[24]! * data[47 * 48 + 24]!);
      beside.push(data[24 * 48]! * data[24 * 48 + 1]!);
    }
    expect(mean(beside)).toBeGreaterThan(0.8);
    // the true covariance at 47 pixels is negative for this spectrum; wrapped around it would be near 1
    expect(mean(across)).toBeLessThan(0.2);
    expect(mean(down)).toBeLessThan(0.2);
  });

  test("refuses power that does not fit its tile or is negative", () => {
    const short = { data: new Float32Array(10), shape: [16, 16] as const };
    expect(() => colouredNoise([32, 32], short, Random.of(1))).toThrow(/noise power: found shape/);
    const negative = { data: power.data.map((_, i) => (i === 5 ? -1 : 1)), shape: power.shape };
    expect(() => colouredNoise([32, 32], negative, Random.of(1))).toThrow(/noise power: found -1/);
  });
});

test("white noise has a flat spectrum", () => {
  const { data } = powerSpectrum2d(whiteNoise([256, 256], Random.of(6, "white")), 16);
  const inner = data.filter((_, i) => i % 9 > 1);
  expect(moments(inner).variance).toBeLessThan(0.02);
});

test("refuses an SNR that is no positive number", () => {
  for (const snr of [0, -1, Number.NaN]) expect(() => noiseDeviation(clean, snr)).toThrow(/snr: found/);
});

test("the transforms used here are inverse to each other", () => {
  expect(irfft2(rfft2(clean)).data).toBeAllclose(clean.data, { absolute: 1e-5 });
});

describe("a detector with curves", () => {
  const curves = {
    mtf: { frequency: [0, 0.5], value: [1, 0.4] },
    dqe: { frequency: [0, 0.5], value: [0.8, 0.3] },
  };
  const clean = zeros(256, 256);
  Random.of(30, "clean").fillNormal(clean.data);
  for (let i = 0; i < clean.data.length; i++) clean.data[i]! *= 0.2;

  test.each([
    { kind: "gaussian", snr: 0.3 },
    { kind: "poisson", snr: 0.3, dose: 40, pixelSize: 1.5, mtf: curves.mtf },
    { kind: "poisson", snr: 0.3, dose: 40, pixelSize: 1.5, ...curves },
    { kind: "poisson-gaussian", snr: 0.3, dose: 40, pixelSize: 1.5, gaussianShare: 0.5, ...curves },
  ] as const)("%j: the SNR is that of what it shows", (model) => {
    const detector = { mtf: curves.mtf, pixelSize: 1.5 };
    const { micrograph, clean: seen } = expose(clean, model, Random.of(31, "record"), detector);
    expect(variance(seen.data) / variance(clean.data)).toBeLessThan(0.6);
    const noise = micrograph.data.map((value, i) => value - seen.data[i]!);
    expect(Math.abs(variance(seen.data) / variance(noise) / 0.3 - 1)).toBeLessThan(0.03);
    expect(Math.abs(correlation(noise, seen.data))).toBeLessThan(0.02);
  });

  test("counting gives the electrons of the beam, fewer by 2 σ v c under a potential in volt", () => {
    const image = zeros(64, 64);
    image.data.fill(-20, 2048);
    const model = { kind: "counting", dose: 200, pixelSize: 2, voltage: 300, voxelSize: 3 } as const;
    const { micrograph, clean: expected } = expose(image, model, Random.of(32, "counting"));
    expect(expected.data[0]).toBeCloseTo(800, 3);
    expect(expected.data[4000]).toBeCloseTo(800 * (1 - 2 * 0.6526e-3 * 60), 1);
    const halves = [micrograph.data.subarray(0, 2048), micrograph.data.subarray(2048)];
    for (const [i, half] of halves.entries()) {
      const electrons = expected.data[4000 * i]!;
      expect(Math.abs(mean(half) - electrons)).toBeLessThan(5 * Math.sqrt(electrons / 2048));
      expect(Math.abs(variance(half) / electrons - 1)).toBeLessThan(0.2);
    }
  });
});
