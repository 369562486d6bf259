import { describe, expect, test } from "vitest";
import { fourierFilter, localMean } from "../../../src/array/filter.js";
import { type Image, zeros } from "../../../src/array/image.js";
import { mean, standardDeviation, variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { whiteNoise } from "../../../src/physics/noise.js";
import { fitUnevenness } from "../../../src/translate/fit/unevenness.js";
import { boxShare, pinkField, type Unevenness, variation } from "../../../src/translate/noise/unevenness.js";

const DIAMETER = 12;

const vary = (image: Image, unevenness: Unevenness, random: Random): Image =>
  variation(image.shape, unevenness, random)(image);

/** Variance of the means over squares of so many pixels. */
function boxVariance(image: Image, side: number): number {
  const means = localMean(image, side);
  const found: number[] = [];
  for (let y = side >> 1; y < image.shape[0]; y += side)
    for (let x = side >> 1; x < image.shape[1]; x += side) found.push(means.data[y * image.shape[1] + x]!);
  return variance(found);
}

/** Ones up to an eighth of a cycle per pixel: what is coarser varies, what is finer does not. */
const coarse = (amplitude: number) => ({
  tile: 128,
  values: Float64Array.from({ length: 65 }, (_, ring) => (ring < 16 ? amplitude : 0)),
});

describe("unevenness", () => {
  test("the slow field has variance 1, and over boxes of k diameters the share that is stated", () => {
    const field = pinkField([1500, 1500], DIAMETER, Random.of(1, "pink"));
    expect(mean(field.data)).toBeCloseTo(0, 1);
    // bilinear interpolation of the coarse grid takes a little of the finest part
    expect(variance(field.data)).toBeGreaterThan(0.75);
    expect(variance(field.data)).toBeLessThan(1.05);
    for (const side of [1.5, 3]) {
      const found = boxVariance(field, 2 * Math.round((side * DIAMETER) / 2) + 1);
      expect(found / boxShare(side)).toBeGreaterThan(0.8);
      expect(found / boxShare(side)).toBeLessThan(1.2);
    }
    // power 1 / |k| in two dimensions: twice the box, half the variance
    expect(boxShare(8) / boxShare(4)).toBeCloseTo(0.5, 1);
  });

  test("varies only the frequencies of its profile, and nothing where that is zero", () => {
    const image = whiteNoise([256, 256], Random.of(2, "white"));
    const unevenness: Unevenness = { profile: coarse(0.3), field: 1.5, micrograph: 0, diameter: DIAMETER };
    const varied = vary(image, unevenness, Random.of(3, "vary"));
    const moved = { data: varied.data.map((value, i) => value - image.data[i]!), shape: image.shape };
    const fine = (of: Image) =>
      variance(fourierFilter(of, (kx, ky) => Number(Math.hypot(kx, ky) > 0.25)).data);
    expect(variance(moved.data)).toBeGreaterThan(1e-3);
    expect(fine(moved)).toBeLessThan(0.02 * variance(moved.data));
    expect(vary(image, { ...unevenness, profile: coarse(0) }, Random.of(3, "vary")).data).toEqual(image.data);
    expect(vary(image, unevenness, Random.of(3, "vary")).data).toEqual(varied.data);
  });

  test("is measured as it was made", () => {
    const even = Array.from({ length: 16 }, (_, i) => whiteNoise([400, 400], Random.of(4, "even", i)));
    const made: Unevenness = { profile: coarse(0.12), field: 1.7, micrograph: 0.6, diameter: DIAMETER };
    const uneven = even.map((_, i) =>
      vary(whiteNoise([400, 400], Random.of(5, "uneven", i)), made, Random.of(6, "vary", i)),
    );
    const found = fitUnevenness(uneven, even, DIAMETER)!;
    // u has variance 1 over boxes of 1.5 diameters about its mean over a micrograph
    // at ring 5 the band lies wholly below the profile's end
    const scale = made.field * Math.sqrt(boxShare(1.5) - boxShare(400 / DIAMETER));
    expect(found.profile.values[5]! / (0.12 * scale)).toBeGreaterThan(0.7);
    expect(found.profile.values[5]! / (0.12 * scale)).toBeLessThan(1.2);
    expect(found.profile.values[64]).toBeLessThan(0.02);
    const between = (u: Unevenness, amplitude: number): number =>
      amplitude * Math.hypot(u.micrograph, u.field * Math.sqrt(boxShare(400 / DIAMETER)));
    expect(between(found, found.profile.values[5]!) / between(made, 0.12)).toBeGreaterThan(0.5);
    expect(between(found, found.profile.values[5]!) / between(made, 0.12)).toBeLessThan(1.6);
  });

  test("of even micrographs is next to nothing, of too small ones not told", () => {
    const noise = (name: string) =>
      Array.from({ length: 6 }, (_, i) => whiteNoise([200, 200], Random.of(7, name, i)));
    const found = fitUnevenness(noise("a"), noise("b"), DIAMETER);
    expect(Math.max(0, ...(found?.profile.values ?? []))).toBeLessThan(0.06);
    expect(fitUnevenness([zeros(40, 40)], [zeros(40, 40)], DIAMETER)).toBeUndefined();
  });

  test("varied noise has the spread of local strength that was asked for", () => {
    const made: Unevenness = { profile: coarse(0.1), field: 2, micrograph: 0, diameter: DIAMETER };
    const spread = (images: readonly Image[]): number => {
      const found = images.flatMap((image) => {
        const band = fourierFilter(image, (kx, ky) => Number(Math.hypot(kx, ky) < 0.1));
        const squares = localMean({ data: band.data.map((value) => value * value), shape: band.shape }, 49);
        return [60, 150, 240].flatMap((y) => [60, 150, 240].map((x) => Math.log(squares.data[y * 300 + x]!)));
      });
      return standardDeviation(found);
    };
    const even = Array.from({ length: 40 }, (_, i) => whiteNoise([300, 300], Random.of(8, "even", i)));
    const varied = even.map((image, i) => vary(image, made, Random.of(9, "vary", i)));
    const added = Math.sqrt(spread(varied) ** 2 - spread(even) ** 2);
    const expected = 2 * 0.1 * made.field * Math.sqrt(boxShare(49 / DIAMETER));
    expect(added / expected).toBeGreaterThan(0.7);
    expect(added / expected).toBeLessThan(1.3);
  });
});
