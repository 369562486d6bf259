import { afterEach, describe, expect, test } from "vitest";
import { mean } from "../../../src/array/statistics.js";
import { fitCtf, tileSize } from "../../../src/estimate/ctf/ctf-fit.js";
import type { Projector } from "../../../src/physics/projection/projector.js";
import {
  angleBetween,
  cleanMicrograph,
  defocusErrors,
  pause,
  projectorOf,
  type Truth,
  whiteNoise,
  withWhiteNoise,
} from "../simulated.js";

// long sums keep the runner waiting: it is heard between tests
afterEach(pause);

const optics = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const projectors = new Map<number, Projector>();
const projector = (pixelSize: number): Projector => {
  if (!projectors.has(pixelSize)) projectors.set(pixelSize, projectorOf(pixelSize));
  return projectors.get(pixelSize)!;
};
const truths: readonly Truth[] = [
  { defocusU: 8_300, defocusV: 8_100, defocusAngle: 70 },
  { defocusU: 15_400, defocusV: 14_600, defocusAngle: -40 },
  { defocusU: 20_300, defocusV: 20_100, defocusAngle: 10 },
  { defocusU: 31_000, defocusV: 30_000, defocusAngle: -75 },
];

describe("simulated apoferritin", () => {
  test.each([
    [1.5, 150],
    [3, 300],
  ])("at SNR 0.1 and %d A/px the mean absolute error of U and V is below 150 A", (pixelSize, count) => {
    const errors = truths.flatMap((truth, i) => {
      const { clean } = cleanMicrograph(projector(pixelSize), { ...optics, pixelSize }, truth, count, i);
      const fit = fitCtf(withWhiteNoise(clean, 0.1, i), { ...optics, pixelSize });
      expect(fit.evidence).toBeGreaterThan(50);
      return defocusErrors(fit, truth);
    });
    expect(mean(errors)).toBeLessThan(150);
    expect(Math.max(...errors)).toBeLessThan(600);
  });

  test("with little noise, errors are below 40 A and the angle is right to 4 degrees", () => {
    const truth = truths[1]!;
    const { clean } = cleanMicrograph(projector(1.5), { ...optics, pixelSize: 1.5 }, truth, 150, 9);
    const fit = fitCtf(withWhiteNoise(clean, 10, 9), { ...optics, pixelSize: 1.5 });
    for (const error of defocusErrors(fit, truth)) expect(error).toBeLessThan(40);
    expect(angleBetween(fit.defocusAngle, truth.defocusAngle)).toBeLessThan(4);
    expect(fit.score).toBeGreaterThan(0.9);
    expect(fit.resolution).toBeLessThan(6);
  });

  test("a defocus that another program fitted stays as it is, and the rings say whether it is true", () => {
    const truth = { ...truths[1]!, phaseShift: 0 };
    const { clean } = cleanMicrograph(projector(3), { ...optics, pixelSize: 3 }, truth, 300, 9);
    const image = withWhiteNoise(clean, 1, 9);
    const right = fitCtf(image, { ...optics, pixelSize: 3 }, { known: truth });
    expect(right).toMatchObject(truth);
    const fitted = fitCtf(image, { ...optics, pixelSize: 3 });
    expect(right.evidence).toBeGreaterThan(0.9 * fitted.evidence);
    const wrong = fitCtf(
      image,
      { ...optics, pixelSize: 3 },
      { known: { ...truth, defocusU: 21_400, defocusV: 20_600 } },
    );
    expect(wrong.evidence).toBeLessThan(0.3 * right.evidence);
  });

  test("a known phase shift is taken into account", () => {
    const truth = { ...truths[1]!, phaseShift: 90 };
    const { clean } = cleanMicrograph(projector(3), { ...optics, pixelSize: 3 }, truth, 300, 3);
    const image = withWhiteNoise(clean, 10, 3);
    const fit = fitCtf(image, { ...optics, pixelSize: 3 }, { phaseShift: 90 });
    for (const error of defocusErrors(fit, truth)) expect(error).toBeLessThan(80);
    expect(fit.phaseShift).toBe(90);
  });

  test("contrast, scale and offset do not matter", () => {
    const { clean } = cleanMicrograph(projector(3), { ...optics, pixelSize: 3 }, truths[1]!, 300, 4);
    const image = withWhiteNoise(clean, 1, 4);
    const changed = { data: image.data.map((value) => 1000 - 17 * value), shape: image.shape };
    const [a, b] = [image, changed].map((one) => fitCtf(one, { ...optics, pixelSize: 3 }));
    expect(Math.abs(a!.defocusU - b!.defocusU)).toBeLessThan(15);
  });
});

describe("what cannot be fitted", () => {
  test("white noise has no evidence of rings", () => {
    for (const seed of [1, 2, 3]) {
      const fit = fitCtf(whiteNoise(600, 700, seed), { ...optics, pixelSize: 2 });
      expect(fit.evidence).toBeLessThan(40);
    }
  });

  test("a micrograph below 256 pixels, a constant one, a band beyond Nyquist, an empty range", () => {
    const pixels = { ...optics, pixelSize: 2 };
    expect(() => fitCtf(whiteNoise(255, 700, 1), pixels)).toThrow('micrograph: found "255 x 700 pixels"');
    const flat = { data: new Float32Array(300 * 300).fill(7), shape: [300, 300] as const };
    expect(() => fitCtf(flat, pixels)).toThrow("constant");
    const noise = whiteNoise(300, 300, 1);
    expect(() => fitCtf(noise, pixels, { fitMax: 3.9 })).toThrow("fitMax: found 3.9, expected 4 angstrom");
    expect(() => fitCtf(noise, pixels, { fitMin: 6, fitMax: 5 })).toThrow("fitMin");
    expect(() => fitCtf(noise, pixels, { defocusRange: [9_000, 8_000] })).toThrow("defocus range");
  });
});

test("tiles span at least 750 A, from 256 to 1024 pixels", () => {
  expect([0.5, 1, 1.5, 3, 5.36].map((pixelSize) => tileSize(pixelSize, [4096, 4096]))).toEqual([
    1024, 1024, 512, 256, 256,
  ]);
  expect(tileSize(1, [600, 4096])).toBe(512);
});
