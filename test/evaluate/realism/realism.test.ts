import { beforeAll, describe, expect, test } from "vitest";
import { type Image, zeros } from "../../../src/array/image.js";
import { powerSpectrum2d } from "../../../src/array/spectrum/power.js";
import { Random } from "../../../src/core/random.js";
import { atLeastTwo, realismOfImages } from "../../../src/evaluate/realism/images.js";
import { profileMicrograph, realismProtocol } from "../../../src/evaluate/realism/profile.js";
import { CEILING, FLOOR, type RealismResult, realism } from "../../../src/evaluate/realism/realism.js";
import { featureScale, standardise } from "../../../src/evaluate/realism/sample.js";
import { colouredNoise } from "../../../src/physics/noise.js";

const SIZE = 192;
const protocol = realismProtocol({
  pixelSize: 1.5,
  patch: 32,
  tile: 128,
  bands: 16,
  bank: { wavelengths: [3, 6, 12], orientations: 4 },
});

/** White noise whose amplitude changes from place to place, within every patch, then coloured: heavy local tails. */
function spotted(seed: number): Image {
  const power = powerSpectrum2d(ramp(), 64);
  const noise = colouredNoise([SIZE, SIZE], power, Random.of(seed, "spotted"));
  const out = zeros(SIZE, SIZE);
  for (let i = 0; i < out.data.length; i++) {
    const wave = Math.sin((i % SIZE) / 4) * Math.sin(Math.floor(i / SIZE) / 4);
    out.data[i] = noise.data[i]! * (1 + 0.7 * wave);
  }
  return out;
}

/** Noise stronger at low frequencies, for its spectrum only. */
function ramp(): Image {
  const white = zeros(SIZE, SIZE);
  Random.of(9, "ramp").fillNormal(white.data);
  const out = zeros(SIZE, SIZE);
  for (let i = SIZE + 1; i < out.data.length; i++) {
    out.data[i] = white.data[i]! + 0.5 * white.data[i - 1]! + 0.5 * white.data[i - SIZE]!;
  }
  return out;
}

function gaussianOfSpectrum(image: Image, seed: number): Image {
  return colouredNoise(image.shape, powerSpectrum2d(image, 64), Random.of(seed, "gaussian"));
}

function withLattice(image: Image): Image {
  const data = image.data.map((value, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    return value + 0.6 * Math.cos((Math.PI * x) / 4) * Math.cos((Math.PI * y) / 4);
  });
  return { data, shape: image.shape };
}

describe("realism protocol", () => {
  const real = [1, 2, 3, 4].map(spotted);
  let result: RealismResult;
  const score = (name: string, measure: keyof RealismResult["rows"][number]["scores"]): number =>
    result.rows.find((row) => row.name === name)!.scores[measure]!.mean;

  beforeAll(() => {
    const same = [5, 6].map(spotted);
    result = realismOfImages(
      real,
      [
        { name: "same", images: same },
        { name: "gaussian", images: real.slice(0, 2).map(gaussianOfSpectrum) },
        { name: "lattice", images: same.map(withLattice) },
        {
          name: "scaled",
          images: same.map(({ data, shape }) => ({ data: data.map((v) => 300 + 40 * v), shape })),
        },
      ],
      { protocol, seed: 1 },
    );
  }, 60_000);

  test("sets the floor and the ceiling beside the candidates and says what was compared", () => {
    expect(result.rows.map((row) => row.name)).toEqual([
      FLOOR,
      "same",
      "gaussian",
      "lattice",
      "scaled",
      CEILING,
    ]);
    expect(result).toMatchObject({ repeats: 6, patches: 72, realMicrographs: 4, seed: 1 });
    expect(score(CEILING, "frechet")).toBeGreaterThan(5 * score(FLOOR, "frechet"));
    expect(score(CEILING, "spectrum")).toBeGreaterThan(3 * score(FLOOR, "spectrum"));
  });

  test("a fresh draw of the real process scores like real against real", () => {
    for (const measure of ["frechet", "localKurtosis", "spectrum"] as const) {
      expect(score("same", measure)).toBeLessThan(2 * score(FLOOR, measure));
    }
  });

  test("kurtosis tells a Gaussian field of the same spectrum from heavy tails, the spectrum does not", () => {
    expect(score("gaussian", "localKurtosis")).toBeGreaterThan(4 * score(FLOOR, "localKurtosis"));
    expect(score("gaussian", "bandKurtosis")).toBeGreaterThan(3 * score(FLOOR, "bandKurtosis"));
    expect(score("gaussian", "frechet")).toBeGreaterThan(2 * score(FLOOR, "frechet"));
    expect(score("gaussian", "spectrum")).toBeLessThan(2 * score(FLOOR, "spectrum"));
  });

  test("a faint lattice blows up the lattice score", () => {
    expect(score("lattice", "lattice")).toBeGreaterThan(2 * score(FLOOR, "lattice"));
    expect(score("lattice", "latticeWorst")).toBeGreaterThan(15 * score(FLOOR, "latticeWorst"));
    expect(Math.abs(score(FLOOR, "lattice") - 1)).toBeLessThan(0.25);
  });

  test("gain and offset do not count", () => {
    const rows = ["same", "scaled"].map((name) => result.rows.find((row) => row.name === name)!);
    const frechet = rows.map((row) => row.scores.frechet!.mean);
    // each set draws its own patches
    expect(frechet[1]! / frechet[0]!).toBeCloseTo(1, 1);
    expect(rows[1]!.scores.lattice!.mean).toBeCloseTo(rows[0]!.scores.lattice!.mean, 4);
  });

  test("the same seed gives the same numbers, whatever else is compared", () => {
    const images = [5, 6].map(spotted);
    const again = realismOfImages(real, [{ name: "same", images }], { protocol, seed: 1 });
    expect(again.rows[1]!.scores).toEqual(result.rows[1]!.scores);
  });

  test("features are compared in standard deviations: a scaled and shifted feature counts as before", () => {
    const features = { data: Float64Array.from([1, 100, 3, 100, 5, 700, 7, 700]), rows: 4, dimensions: 2 };
    const scale = featureScale(features);
    expect(scale.mean).toBeAllclose([4, 400]);
    expect(scale.deviation).toBeAllclose([Math.sqrt(5), 300]);
    const five = Math.sqrt(5);
    const expected = [-3 / five, -1, -1 / five, -1, 1 / five, 1, 3 / five, 1];
    expect(standardise(features, scale).data).toBeAllclose(expected);
  });

  test("a single micrograph is cut into halves; masks bring the autocorrelation", () => {
    const tall = zeros(256, 128);
    Random.of(1, "tall").fillNormal(tall.data);
    const halves = atLeastTwo([tall]);
    expect(halves.map(({ shape }) => shape)).toEqual([
      [128, 128],
      [128, 128],
    ]);
    expect(halves[1]!.data[0]).toBe(tall.data[128 * 128]);
    const keep = { data: new Float32Array(128 * 128).fill(1), shape: [128, 128] as const };
    const profiles = halves.map((half) => profileMicrograph(half, protocol, keep));
    const { rows } = realism(profiles, [{ name: "one", profiles: [profiles[0]!] }], profiles, {
      protocol,
      seed: 1,
    });
    // the one half is compared with itself and with the other half
    const { mean, spread } = rows[1]!.scores.autocorrelation!;
    expect(mean).toBeGreaterThan(0);
    expect(spread).toBeCloseTo(Math.SQRT2 * mean, 10);
    expect(result.rows[1]!.scores.autocorrelation).toBeUndefined();
  });

  test("refuses images smaller than a tile, constant images, empty candidates and odd tiles", () => {
    expect(() => profileMicrograph(zeros(100, 300), protocol)).toThrow(/shorter side: found 100/);
    expect(() => profileMicrograph(zeros(SIZE, SIZE), protocol)).toThrow(/standard deviation/);
    expect(() => realismOfImages(real, [{ name: "none", images: [] }], { protocol, seed: 1 })).toThrow(
      /none/,
    );
    expect(() => realismProtocol({ pixelSize: 1, tile: 132 })).toThrow(
      /tile: found 132, expected a multiple of 8/,
    );
  });
});
