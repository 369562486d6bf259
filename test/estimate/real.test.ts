import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Image } from "../../src/array/image.js";
import { correlation } from "../../src/array/statistics.js";
import { fitCtf } from "../../src/estimate/ctf/ctf-fit.js";
import { ctfPicture } from "../../src/estimate/ctf/ctf-picture.js";
import { estimateNoise } from "../../src/estimate/noise/noise.js";
import { findSpots } from "../../src/estimate/particle-count.js";
import { readPng } from "../../src/io/png/read.js";
import { angleBetween } from "./simulated.js";

const read = (url: URL): Image => readPng(readFileSync(url), url.pathname);
const example = (name: string): Image =>
  read(new URL(`../../examples/apoferritin-10146/train/${name}.png`, import.meta.url));
const optics = { pixelSize: 3, voltage: 300, sphericalAberration: 0, amplitudeContrast: 0.1 };
const PARTICLE = 130;

describe("EMPIAR-10146, binned to 3 A/px", () => {
  // mean defocus fitted to the images at 1.5 A/px, whose rings reach 5 angstrom
  test.each([
    ["May08_05.53.51", 19_220],
    ["May08_05.55.31", 20_370],
  ])("%s: defocus as at the finer sampling, to 100 A", (name, defocus) => {
    const fit = fitCtf(example(name), optics);
    expect(Math.abs((fit.defocusU + fit.defocusV) / 2 - defocus)).toBeLessThan(100);
    expect(angleBetween(fit.defocusAngle, -55)).toBeLessThan(25);
    expect(fit.evidence).toBeGreaterThan(500);
    expect(fit.resolution).toBeLessThan(7.5);
  });

  test("particles are counted to a tenth of the annotators' 179 to 183", () => {
    const image = example("May08_05.53.51");
    const fit = fitCtf(image, optics);
    const noise = estimateNoise(image, { pixelSize: 3, particleDiameter: PARTICLE });
    const spots = findSpots(image, {
      optics,
      defocus: fit,
      particleDiameter: PARTICLE,
      noise: noise.radial,
      background: noise.background.mask,
    });
    expect(spots.length).toBeGreaterThan(160);
    expect(spots.length).toBeLessThan(200);
    expect(noise.signalFraction).toBeGreaterThan(0.05);
    expect(noise.signalFraction).toBeLessThan(0.4);
  });
});

describe("the picture of a fit", () => {
  const fit = fitCtf(example("May08_05.53.51"), optics);
  const { shape, samples } = ctfPicture(fit, optics);
  const grey = (row: number, column: number): number => samples[3 * (row * shape[1] + column)]!;
  const middle = Math.floor(shape[0] / 2);

  test("shows |CTF|² on the right: dark where the amplitude contrast alone is left, white outside", () => {
    expect(shape[0]).toBe(shape[1]);
    expect(grey(middle, middle + 1)).toBeLessThan(20);
    expect(grey(2, 2)).toBe(255);
  });

  test("the equiphase average in the upper left brightens and darkens with the fit's opposite quarter", () => {
    const left: number[] = [];
    const right: number[] = [];
    for (let d = Math.round(0.2 * middle); d < 0.55 * middle; d++) {
      // opposite directions have the same phase, astigmatism or not
      left.push(grey(middle - d, middle - d));
      right.push(grey(middle + d, middle + d));
    }
    expect(correlation(left, right)).toBeGreaterThan(0.6);
  });
});

const ribosome = new URL("../../../shared/data/ribosome-10028/micrographs/062.png", import.meta.url);
const hasRibosome = existsSync(ribosome);
describe.skipIf(!hasRibosome)("EMPIAR-10028 (needs ../shared/data)", () => {
  test("at 5.36 A/px the defocus lies in the deposition's range for these fields, little astigmatism", () => {
    const fit = fitCtf(read(ribosome), { ...optics, pixelSize: 5.36, sphericalAberration: 2 });
    expect((fit.defocusU + fit.defocusV) / 2).toBeGreaterThan(22_000);
    expect((fit.defocusU + fit.defocusV) / 2).toBeLessThan(23_000);
    expect(fit.defocusU - fit.defocusV).toBeLessThan(450);
    expect(fit.evidence).toBeGreaterThan(1000);
  });
});
