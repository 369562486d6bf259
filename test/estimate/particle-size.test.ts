import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Image } from "../../src/array/image.js";
import { quantile } from "../../src/array/statistics.js";
import { fitCtf } from "../../src/estimate/ctf/ctf-fit.js";
import { estimateNoise } from "../../src/estimate/noise/noise.js";
import { findSpots } from "../../src/estimate/particle-count.js";
import { estimateSize } from "../../src/estimate/particle-size.js";
import { readPng } from "../../src/io/png/read.js";
import { sizeChart, spotsPicture } from "../../src/jobs/estimate/pictures.js";
import { cleanMicrograph, pause, projectorOf, whiteNoise, withWhiteNoise } from "./simulated.js";

const optics = { pixelSize: 3, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const read = (url: URL): Image => readPng(readFileSync(url), url.pathname);

/** As `estimate` measures it, the noise told from particles of another size. */
function sizeOf(image: Image, own = optics): number | undefined {
  const { radial, background } = estimateNoise(image, { pixelSize: own.pixelSize, particleDiameter: 150 });
  const defocus = fitCtf(image, own);
  return estimateSize(image, { optics: own, defocus, noise: radial, background: background.mask }).diameter;
}

describe("simulated apoferritin, 130 A across", () => {
  const truth = { defocusU: 20_000, defocusV: 19_500, defocusAngle: 20 };
  const { clean } = cleanMicrograph(projectorOf(3), optics, truth, 250, 3);
  test.each([0.05, 0.5])("at SNR %d the size is right to a tenth", async (snr) => {
    await pause();
    const size = sizeOf(withWhiteNoise(clean, snr, 1))!;
    expect(Math.abs(size / 130 - 1)).toBeLessThan(0.1);
  });
});

test("in noise alone nothing stands out", async () => {
  await pause();
  expect(sizeOf(whiteNoise(600, 700, 5))).toBeUndefined();
});

describe("real apoferritin, EMPIAR-10146, 130 A across", () => {
  const folder = new URL("../../examples/apoferritin-10146/train/", import.meta.url);
  const own = { ...optics, sphericalAberration: 0 };
  test.each(["May08_03.05.02", "May08_04.36.57"])("%s: right to a tenth", async (name) => {
    await pause();
    const size = sizeOf(read(new URL(`${name}.png`, folder)), own)!;
    expect(Math.abs(size / 130 - 1)).toBeLessThan(0.1);
  });
});

const ribosome = new URL("../../../shared/data/ribosome-10028/micrographs/", import.meta.url);
describe.skipIf(!existsSync(ribosome))("real ribosomes, EMPIAR-10028 (needs ../shared/data)", () => {
  test("are 250 to 300 A across, in the median of three fields", async () => {
    const own = { ...optics, pixelSize: 5.36, sphericalAberration: 2 };
    const sizes: number[] = [];
    for (const name of readdirSync(ribosome).slice(0, 3)) {
      await pause();
      sizes.push(sizeOf(read(new URL(name, ribosome)), own)!);
    }
    expect(sizes.length).toBe(3);
    expect(quantile(sizes, 0.5)).toBeGreaterThan(250);
    expect(quantile(sizes, 0.5)).toBeLessThan(300);
  }, 120_000);
});

test("the pictures circle every place at its size, and show where the response falls", () => {
  const image = whiteNoise(300, 1100, 1);
  const spots = [
    { x: 10, y: 20, strength: 9 },
    { x: 701, y: 99, strength: 8 },
  ];
  const svg = spotsPicture(image, spots, { stem: "m", diameter: 120, pixelSize: 3 });
  expect(svg).toContain("m: 2 places that look like particles of 120 Å");
  // binned twofold: centre (701 - 1/2) / 2, and half a pixel to the middle of the drawn one; radius 60 A at 6 A a pixel
  expect(svg).toMatch(/<circle cx="350.75" cy="[\d.]+" r="10"/);
  const chart = sizeChart({ diameter: 128.4, diameters: [100, 110, 121], strength: [5, 9, 6] }, "m");
  expect(chart).toContain("m: falls off beyond 128 Å");
});
test("spots are found at the estimated size as at the true one", async () => {
  await pause();
  const truth = { defocusU: 20_000, defocusV: 19_500, defocusAngle: 20, phaseShift: 0 };
  const { clean } = cleanMicrograph(projectorOf(3), optics, truth, 150, 4);
  const image = withWhiteNoise(clean, 0.2, 2);
  const { radial, background } = estimateNoise(image, { pixelSize: 3, particleDiameter: 150 });
  const look = { optics, defocus: truth, noise: radial, background: background.mask };
  const { diameter } = estimateSize(image, look);
  const found = findSpots(image, { ...look, particleDiameter: diameter! }).length;
  expect(Math.abs(found / 150 - 1)).toBeLessThan(0.1);
});
