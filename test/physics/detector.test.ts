import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Image, zeros } from "../../src/array/image.js";
import { powerSpectrum2d } from "../../src/array/spectrum/power.js";
import { mean, variance } from "../../src/array/statistics.js";
import { Random } from "../../src/core/random.js";
import { readTransferCurve, type TransferCurve } from "../../src/io/transfer-curve.js";
import {
  applyMtf,
  type DetectorOptions,
  detect,
  detectedElectrons,
  interactionParameter,
  noiseGain,
  relativeIntensity,
} from "../../src/physics/detector.js";

/** 1 + amplitude cos(2π f x), the same mirrored at its edges: a grating of known contrast. */
function grating(n: number, periods: number, amplitude: number): Image {
  const image = zeros(n, n);
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = 1 + amplitude * Math.cos((2 * Math.PI * periods * ((i % n) + 0.5)) / n);
  }
  return image;
}

/** Amplitude of the grating in an image. */
function amplitudeOf({ data, shape: [n] }: Image, periods: number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++)
    sum += data[i]! * Math.cos((2 * Math.PI * periods * ((i % n) + 0.5)) / n);
  return (2 * sum) / data.length;
}

const mtf: TransferCurve = { frequency: [0, 0.25, 0.5], value: [1, 0.8, 0.4] };
const dqe: TransferCurve = { frequency: [0, 0.25, 0.5], value: [0.81, 0.49, 0.25] };
const n = 128;

test("σ is 0.924, 0.729 and 0.653 milliradian per volt-angstrom at 100, 200 and 300 kV", () => {
  expect(interactionParameter(100) * 1e3).toBeCloseTo(0.9244, 3);
  expect(interactionParameter(200) * 1e3).toBeCloseTo(0.7288, 3);
  expect(interactionParameter(300) * 1e3).toBeCloseTo(0.6526, 3);
});

test("intensity is 1 + 2 σ times the potential integrated along the beam", () => {
  const clean: Image = { data: Float32Array.from([-10, 0]), shape: [1, 2] };
  expect(relativeIntensity(clean, 300, 3).data).toBeAllclose([1 - 2 * 0.6526e-3 * 30, 1], { absolute: 1e-5 });
});

test("the MTF damps a grating by its value at the grating's frequency, linear between the samples", () => {
  for (const [periods, expected] of [
    [32, 0.8],
    [16, 0.9],
    [48, 0.6],
  ] as const) {
    expect(amplitudeOf(applyMtf(grating(n, periods, 0.5), { mtf }, 1.5), periods)).toBeCloseTo(
      0.5 * expected,
      5,
    );
  }
});

test("in an image binned twofold the curve is read at half the frequency", () => {
  expect(amplitudeOf(applyMtf(grating(n, 32, 0.5), { mtf, physicalPixelSize: 1.5 }, 3), 32)).toBeCloseTo(
    0.5 * 0.9,
    5,
  );
});

describe("detect", () => {
  const options: DetectorOptions = { dose: 40, pixelSize: 1.5 };
  const flat = grating(n, 1, 0);

  test("counts whole electrons, dose times pixel area on average, with as much variance", () => {
    const { data } = detect(flat, options, Random.of(1, "detect"));
    expect(data.every((v) => Number.isInteger(v) && v >= 0)).toBe(true);
    expect(Math.abs(mean(data) - 90)).toBeLessThan(5 * Math.sqrt(90 / data.length));
    expect(variance(data) / 90).toBeCloseTo(1, 1);
  });

  test("with an MTF and a DQE the signal has the MTF, the noise MTF² / DQE, and the dose counts DQE(0)", () => {
    let signal = 0;
    const repeats = 6;
    const noise = [0, 0];
    for (let i = 0; i < repeats; i++) {
      const random = Random.of(i, "dqe");
      signal += amplitudeOf(detect(grating(n, 32, 0.5), { ...options, mtf, dqe }, random), 32) / repeats;
      // rows 0, 1 and -1 at 0.125 and 0.375 cycles per pixel along x
      const { data } = powerSpectrum2d(detect(flat, { ...options, mtf, dqe }, random), 32);
      for (const row of [0, 1, 31]) {
        noise[0]! += data[17 * row + 4]! / (3 * repeats);
        noise[1]! += data[17 * row + 12]! / (3 * repeats);
      }
    }
    const electrons = 90 * 0.81;
    expect(signal / (0.5 * electrons)).toBeCloseTo(0.8, 1);
    expect(Math.abs(noise[0]! / (electrons * (0.9 ** 2 / (0.65 / 0.81))) - 1)).toBeLessThan(0.1);
    expect(Math.abs(noise[1]! / (electrons * (0.6 ** 2 / (0.37 / 0.81))) - 1)).toBeLessThan(0.1);
  });

  test("with an MTF alone the noise stays white and the signal has the MTF", () => {
    const image = detect(grating(n, 32, 0.5), { ...options, mtf }, Random.of(3, "mtf"));
    expect(amplitudeOf(image, 32) / (0.5 * 90)).toBeCloseTo(0.8, 1);
    const { data } = powerSpectrum2d(detect(flat, { ...options, mtf }, Random.of(4, "mtf")), 16);
    const [low, high] = [data.filter((_, i) => i % 9 > 1 && i % 9 < 5), data.filter((_, i) => i % 9 > 4)];
    expect(Math.abs(mean(high) / mean(low) - 1)).toBeLessThan(0.1);
  });

  test("what hangs over one edge does not come back at the other", () => {
    const image = zeros(n, n);
    image.data.fill(1);
    for (let i = 0; i < n; i++) image.data[i * n] = 2;
    const { data } = applyMtf(image, { mtf }, 1.5);
    for (let y = 0; y < n; y++) {
      expect(Math.abs(data[y * n + 2]! - 1)).toBeGreaterThan(5e-3);
      expect(Math.abs(data[y * n + n - 1]! - 1)).toBeLessThan(1e-4);
    }
  });

  test("the recorded noise has the electrons' variance times the gain", () => {
    const gain = noiseGain({ mtf, dqe }, 1.5);
    const electrons = detectedElectrons({ ...options, mtf, dqe });
    expect(electrons).toBeCloseTo(90 * 0.81, 10);
    const found = variance(detect(flat, { ...options, mtf, dqe }, Random.of(5, "gain")).data) / electrons;
    expect(Math.abs(found / gain - 1)).toBeLessThan(0.03);
    expect(noiseGain({ mtf }, 1.5)).toBe(1);
  });

  test("refuses a curve that does not start at 0 or does not ascend", () => {
    const bad = { frequency: [0.1, 0.2], value: [1, 1] };
    expect(() => detect(flat, { ...options, mtf: bad }, Random.of(1))).toThrow(/mtf: found/);
    const back = { frequency: [0, 0.3, 0.2], value: [1, 1, 1] };
    expect(() => detect(flat, { ...options, mtf: back }, Random.of(1))).toThrow(/mtf: found/);
  });
});

const folder = new URL("../../../shared/data/star/", import.meta.url);
const present = existsSync(folder);
describe.skipIf(!present)("measured curves (needs ../shared/data)", () => {
  test.each(["mtf_k2_300_ec.star", "mtf_f1_300.star", "mtf_f2_300.star"])("%s is a curve", (name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    const rows = text
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter((row) => row.length === 2 && row.every(Number.isFinite));
    const measured = readTransferCurve(text, name);
    expect(measured.value).toEqual(rows.map((row) => row[1]));
    const near = rows.reduce((a, b) => (Math.abs(b[0]! - 0.25) < Math.abs(a[0]! - 0.25) ? b : a));
    expect(amplitudeOf(applyMtf(grating(n, 32, 1), { mtf: measured }, 1), 32)).toBeCloseTo(near[1]!, 3);
  });
});
