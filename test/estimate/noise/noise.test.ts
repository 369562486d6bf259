import { describe, expect, test } from "vitest";
import type { Image } from "../../../src/array/image.js";
import { halfColumns } from "../../../src/array/spectrum/half.js";
import { radialPowerSpectrum } from "../../../src/array/spectrum/power.js";
import { profileAtLog } from "../../../src/array/spectrum/profile.js";
import { variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { estimateNoise } from "../../../src/estimate/noise/noise.js";
import { colouredNoiseSpectrum } from "../../../src/estimate/noise/noise-power.js";
import { averageNoise } from "../../../src/estimate/noise/noise-spectrum.js";
import { colouredNoise, type NoisePower } from "../../../src/physics/noise.js";
import { toyTrainingSet } from "../../helpers/toys/training-set.js";
import {
  APOFERRITIN_DIAMETER,
  cleanMicrograph,
  projectorOf,
  whiteNoise,
  withWhiteNoise,
} from "../simulated.js";

const options = { pixelSize: 3, particleDiameter: APOFERRITIN_DIAMETER };
const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 3 };

/** Power 1 / (1 + (k / corner)²) plus a floor, twice as strong along x as along y. */
function slopingPower(n: number, corner: number): NoisePower {
  const width = halfColumns(n);
  const data = new Float32Array(n * width);
  for (let row = 0; row < n; row++) {
    const ky = (row < n / 2 ? row : row - n) / n;
    for (let column = 0; column < width; column++) {
      const kx = column / n;
      const k2 = kx * kx + ky * ky;
      const towards = k2 > 0 ? (kx * kx - ky * ky) / k2 : 0;
      data[row * width + column] = (1 / (1 + k2 / corner ** 2) + 0.1) * (1 + towards / 3);
    }
  }
  return { data, shape: [n, n] };
}

const plus = (a: Image, b: Image, factor: number): Image => ({
  data: a.data.map((value, i) => value + factor * b.data[i]!),
  shape: a.shape,
});

describe("the spectrum of the background", () => {
  test("is 1 at every frequency for white noise of any scale", () => {
    const noise = whiteNoise(700, 800, 1);
    const { radial, anisotropy, signalFraction, background } = estimateNoise(
      { data: noise.data.map((value) => 500 + 30 * value), shape: noise.shape },
      options,
    );
    const above = (k: number): number[] =>
      Array.from(radial.value).filter((_, i) => radial.frequency[i]! > k);
    for (const power of above(0.1)) expect(Math.abs(power - 1)).toBeLessThan(0.12);
    for (const power of above(0.02)) expect(Math.abs(power - 1)).toBeLessThan(0.25);
    for (const ratio of anisotropy.data) expect(Math.abs(ratio - 1)).toBeLessThan(0.35);
    expect(signalFraction).toBeLessThan(0.01);
    expect(background.fraction).toBeGreaterThan(0.8);
  });

  test("among particles at SNR 0.3 equals the noise that was added, direction by direction", () => {
    const truth = { defocusU: 15_000, defocusV: 14_700, defocusAngle: 20 };
    const { clean } = cleanMicrograph(projectorOf(3), optics, truth, 220, 5);
    const wanted = slopingPower(128, 0.06);
    const noise = colouredNoise(clean.shape, wanted, Random.of(3, "coloured"));
    const image = plus(clean, noise, Math.sqrt(variance(clean.data) / 0.3));
    const estimate = estimateNoise(image, options);
    const share = variance(image.data) / (variance(clean.data) / 0.3) / variance(noise.data);
    const alone = radialPowerSpectrum(noise, 256);
    for (const k of [0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.45]) {
      const found = profileAtLog(estimate.radial, k) * share;
      // at the particles' own frequencies their fringes cannot be told from the noise entirely
      const tolerance = k < 0.06 ? 0.35 : 0.15;
      const error = Math.abs(found / profileAtLog(alone, k) - 1);
      expect(error, `at ${k} cycles per pixel`).toBeLessThan(tolerance);
    }
    // 4/3 along x over 2/3 along y
    const at = (row: number, column: number): number => estimate.anisotropy.data[row * 65 + column]!;
    const along = Array.from({ length: 40 }, (_, i) => at(0, 12 + i) / at(12 + i, 0));
    expect(along.reduce((a, b) => a + b) / 40).toBeGreaterThan(1.6);
    expect(along.reduce((a, b) => a + b) / 40).toBeLessThan(2.4);
  });

  test("goes down to the lowest frequencies: a broad illumination is there", () => {
    const noise = whiteNoise(800, 800, 2);
    const lit = {
      data: noise.data.map((value, i) => value + 2 * Math.cos((2 * Math.PI * (i % 800)) / 800)),
      shape: noise.shape,
    };
    const { radial } = estimateNoise(lit, options);
    // a wave of amplitude 2 puts 4 / 4 of variance a pixel into each of two of the four lowest samples
    expect(profileAtLog(radial, 1 / 800) / profileAtLog(radial, 0.2)).toBeGreaterThan(10_000);
    expect(profileAtLog(radial, 8 / 800) / profileAtLog(radial, 0.2)).toBeLessThan(3);
  });
});

test.each([0.1, 0.5])("the share of the signal at SNR %d is right within a quarter", (snr) => {
  const truth = { defocusU: 15_000, defocusV: 14_700, defocusAngle: 20 };
  const { clean } = cleanMicrograph(projectorOf(3), optics, truth, 220, 6);
  const { signalFraction } = estimateNoise(withWhiteNoise(clean, snr, 7), options);
  const wanted = snr / (1 + snr);
  expect(signalFraction / wanted).toBeGreaterThan(0.75);
  expect(signalFraction / wanted).toBeLessThan(1.1);
});

describe("a set of micrographs", () => {
  const estimates = [1, 2, 3].map((seed) =>
    estimateNoise(colouredNoise([640, 640], slopingPower(128, 0.05), Random.of(seed, "set")), options),
  );

  test("has the mean of their spectra and the deviation between them", () => {
    const set = averageNoise(estimates);
    const values = estimates.map(({ radial }) => radial.value[100]!);
    expect(set.radial.value[100]).toBeCloseTo((values[0]! + values[1]! + values[2]!) / 3, 12);
    const square = values.reduce((sum, value) => sum + (value / set.radial.value[100]! - 1) ** 2, 0) / 3;
    expect(set.relativeDeviation[100]).toBeCloseTo(Math.sqrt(square), 10);
    expect(() => averageNoise([])).toThrow("at least one micrograph");
  });

  test("gives coloured noise that has the spectrum again", () => {
    const set = averageNoise(estimates);
    const again = colouredNoise([640, 640], colouredNoiseSpectrum(set, [640, 640]), Random.of(9, "again"));
    const found = radialPowerSpectrum(again, 128);
    for (const k of [0.03, 0.06, 0.1, 0.2, 0.4]) {
      expect(Math.abs(profileAtLog(found, k) / profileAtLog(set.radial, k) - 1)).toBeLessThan(0.15);
    }
  });
});

test("a small field of uneven strength, few pairs of background pixels, still has a power of 0 or more", async () => {
  const { set } = toyTrainingSet({ real: 2, simulated: 1, side: 140 });
  for (let i = 0; i < 2; i++) {
    const { data, shape } = await set.real.load(i);
    const strength = (at: number): number => 1 + 0.7 * Math.sin((2 * Math.PI * (at % shape[1])) / 70);
    const image = { data: data.map((value, at) => value * strength(at)), shape };
    const { power, anisotropy } = estimateNoise(image, { pixelSize: 4, particleDiameter: 92 });
    for (const values of [power.data, anisotropy.data])
      expect(values.every((value) => value >= 0)).toBe(true);
  }
});

test("a diameter below 4 pixels or beyond half the field and a constant image are refused", () => {
  const noise = whiteNoise(300, 300, 1);
  expect(() => estimateNoise(noise, { pixelSize: 3, particleDiameter: 11 })).toThrow("particle diameter");
  expect(() => estimateNoise(noise, { pixelSize: 3, particleDiameter: 460 })).toThrow("4 to 150 pixels");
  const flat = { data: noise.data.map(() => 4), shape: noise.shape };
  expect(() => estimateNoise(flat, options)).toThrow("constant");
});
