import { describe, expect, test } from "vitest";
import { rfft2 } from "../../../../src/array/fft/fft.js";
import { type Image, zeros } from "../../../../src/array/image.js";
import { powerSpectrum2d } from "../../../../src/array/spectrum/power.js";
import { Random } from "../../../../src/core/random.js";
import {
  autocorrelation,
  autocorrelationDistance,
} from "../../../../src/evaluate/realism/features/autocorrelation.js";
import { patchFeatures } from "../../../../src/evaluate/realism/features/filter-bank.js";
import { latticeScore } from "../../../../src/evaluate/realism/features/lattice.js";
import {
  localStatistics,
  scaledDistance,
} from "../../../../src/evaluate/realism/features/local-statistics.js";
import {
  DEFAULT_BANK,
  filterTables,
  quadratureResponse,
} from "../../../../src/evaluate/realism/features/log-gabor.js";
import { bandPower, spectralDistance } from "../../../../src/evaluate/realism/features/radial-spectrum.js";

const image = (rows: number, columns: number, value: (x: number, y: number) => number): Image => {
  const out = zeros(rows, columns);
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) out.data[y * columns + x] = value(x, y);
  return out;
};
const noise = (rows: number, columns: number, seed: number): Image => {
  const out = zeros(rows, columns);
  Random.of(seed, "texture").fillNormal(out.data);
  return out;
};

describe("radial spectrum", () => {
  test("white noise has its variance in every band", () => {
    const white = noise(512, 512, 1);
    const { power } = bandPower(powerSpectrum2d(white, 128), 16);
    expect(power).toBeAllclose(new Float64Array(16).fill(1), { relative: 0.12 });
  });

  test("a gain of 2 is log10 4 away in every band", () => {
    const white = noise(256, 256, 2);
    const double = { data: white.data.map((value) => 2 * value), shape: white.shape };
    const [a, b] = [white, double].map((each) => bandPower(powerSpectrum2d(each, 128), 16));
    const { perBand, rms } = spectralDistance(a!, b!);
    expect(perBand).toBeAllclose(new Float64Array(16).fill(Math.log10(4)), { relative: 1e-5 });
    expect(rms).toBeCloseTo(Math.log10(4), 5);
  });

  test("a wave appears in the band of its frequency", () => {
    const wave = image(256, 256, (x, y) => Math.cos(2 * Math.PI * (0.18 * x + 0.24 * y)));
    const { power, frequency } = bandPower(powerSpectrum2d(wave, 128), 16);
    expect(frequency[power.indexOf(Math.max(...power))]).toBeCloseTo(0.3, 1);
  });
});

describe("lattice score", () => {
  const white = noise(512, 512, 3);

  test("is 1 for noise", () => {
    const { mean, worst } = latticeScore(powerSpectrum2d(white, 256));
    expect(Math.abs(mean - 1)).toBeLessThan(0.15);
    expect(worst.ratio).toBeLessThan(3);
  });

  test("a wave of amplitude a at (1/4, -1/8) stands out there by a² / 4 times the window's gain", () => {
    const amplitude = 0.3;
    const with8 = image(
      512,
      512,
      (x, y) => white.data[y * 512 + x]! + amplitude * Math.cos(2 * Math.PI * (x / 4 - y / 8)),
    );
    const { worst, mean } = latticeScore(powerSpectrum2d(with8, 256));
    expect([worst.x, worst.y]).toEqual([2, -1]);
    // a line's power under a Hann window: a²/4 (Σw)² over Σw², along both axes; (n/2)² / (3n/8) = 2n/3
    const expected = 1 + (amplitude ** 2 / 4) * ((2 * 256) / 3) ** 2;
    expect(Math.abs(worst.ratio / expected - 1)).toBeLessThan(0.15);
    expect(mean).toBeGreaterThan(10);
  });

  test("surroundings beyond Nyquist are those of the mirrored frequencies", () => {
    const size = 128;
    const data = new Float32Array(size * (size / 2 + 1)).fill(1);
    // 5 samples below Nyquist in x at -2/8 in y is, mirrored, 5 samples above Nyquist at 2/8: near (4, 2)
    data[(size - 32) * (size / 2 + 1) + size / 2 - 5] = 1000;
    const { points } = latticeScore({ data, shape: [size, size] });
    expect(points.filter(({ ratio }) => ratio !== 1).map(({ x, y }) => [x, y])).toEqual([[4, 2]]);
  });

  test("does not mind a wave off the lattice", () => {
    const off = image(512, 512, (x, y) => white.data[y * 512 + x]! + Math.cos(2 * Math.PI * 0.19 * x));
    expect(latticeScore(powerSpectrum2d(off, 256)).mean).toBeLessThan(1.15);
  });
});

describe("local statistics", () => {
  test("are the moments of each patch", () => {
    // patches of 4: left constant 2, right half 0 and half 1 in a checkerboard
    const steps = image(4, 9, (x, y) => (x < 4 ? 2 : (x + y) % 2));
    const found = localStatistics(steps, 4);
    expect([...found.mean]).toEqual([2, 0.5]);
    expect([...found.variance]).toEqual([0, 0.25]);
    expect([...found.kurtosis]).toEqual([0, -2]);
  });

  test("distance counts in standard deviations of the real values", () => {
    const real = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100);
    const spread = 40 / Math.sqrt(12);
    expect(
      scaledDistance(
        real,
        real.map((value) => value + 5),
      ),
    ).toBeCloseTo(5 / spread, 3);
  });
});

describe("log-Gabor bank", () => {
  test("a wave's envelope is constant: even² + odd² does not follow its phase", () => {
    const size = 128;
    const wave = image(size, size, (x) => Math.cos((2 * Math.PI * x) / 8));
    const tables = filterTables({ wavelengths: [8], orientations: 6 }, size);
    const { even, odd } = quadratureResponse(rfft2(wave), tables.radial[0]!, tables.angular[0]!);
    const envelope = Float64Array.from(even.data, (value, i) => Math.sqrt(value ** 2 + odd.data[i]! ** 2));
    // one-sided: half of the wave's amplitude passes
    expect(envelope).toBeAllclose(new Float64Array(size * size).fill(0.5), { relative: 1e-4 });
    const orthogonal = quadratureResponse(rfft2(wave), tables.radial[0]!, tables.angular[3]!);
    expect(Math.max(...orthogonal.even.data)).toBeLessThan(0.01);
  });

  test("the strongest feature of a patch is the filter of its wavelength and orientation", () => {
    const angle = Math.PI / 3;
    const wave = image(128, 128, (x, y) =>
      Math.sin((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / 12),
    );
    const { features, patches, dimensions } = patchFeatures(wave, 64, DEFAULT_BANK);
    expect([patches, dimensions]).toEqual([4, 48]);
    for (let patch = 0; patch < patches; patch++) {
      const energies = [...features.subarray(patch * dimensions, patch * dimensions + 24)];
      // scale 2 (12 pixels), orientation 2 (60 degrees)
      expect(energies.indexOf(Math.max(...energies))).toBe(2 * 6 + 2);
    }
  });

  test("log kurtosis is 0 for Gaussian noise and ln (1 + contrast) for noise in spots", () => {
    const white = noise(384, 384, 4);
    const spotted = image(384, 384, (x, y) => {
      const on = (Math.floor(x / 64) + Math.floor(y / 64)) % 2;
      return on ? white.data[y * 384 + x]! : 0;
    });
    const kurtosis = (of: Image): number => {
      const { features } = patchFeatures(of, 384, { wavelengths: [3], orientations: 6 });
      return features.subarray(6).reduce((sum, value) => sum + value / 6, 0);
    };
    expect(Math.abs(kurtosis(white))).toBeLessThan(0.02);
    // half the area holds all the energy: the fourth moment over the squared second doubles
    expect(Math.abs(kurtosis(spotted) - Math.LN2)).toBeLessThan(0.06);
  });

  test("tiles do not show: patches of a large image equal those of one tile", () => {
    const bank = { wavelengths: [3, 6], orientations: 2 };
    const large = noise(128, 640, 5);
    const crop = image(128, 384, (x, y) => large.data[y * 640 + x + 192]!);
    const [whole, part] = [large, crop].map((each) => patchFeatures(each, 64, bank));
    // patch (1, 3) of the crop is patch (1, 6) of the large image, the first of its second tile
    const at = (found: typeof whole, index: number) => found!.features.subarray(index * 8, index * 8 + 8);
    expect(at(part, 6 + 3)).toBeAllclose(at(whole, 10 + 6), { absolute: 2e-3 });
  });
});

describe("autocorrelation", () => {
  const field = noise(24, 31, 6);
  const keep = image(24, 31, (x, y) => ((x * x + y * 7) % 5 === 0 || x > 20 ? 1 : 0));

  test("agrees with the sum over all pairs of kept pixels", () => {
    const found = autocorrelation(field, 3, keep);
    const kept = [...field.data.keys()].filter((i) => keep.data[i] === 1);
    const mean = kept.reduce((sum, i) => sum + field.data[i]!, 0) / kept.length;
    const direct = (dx: number, dy: number): number => {
      let sum = 0;
      let count = 0;
      for (const i of kept) {
        const [x, y] = [(i % 31) + dx, Math.floor(i / 31) + dy];
        if (x < 0 || y < 0 || x >= 31 || y >= 24 || keep.data[y * 31 + x] === 0) continue;
        sum += (field.data[i]! - mean) * (field.data[y * 31 + x]! - mean);
        count++;
      }
      return sum / count;
    };
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        expect(found.data[(dy + 3) * 7 + dx + 3]).toBeCloseTo(direct(dx, dy) / direct(0, 0), 4);
      }
    }
  });

  test("averaging 2 x 1 pixels correlates neighbours along x by a half, and is seen as that far from white", () => {
    const white = noise(400, 400, 7);
    const smooth = image(
      400,
      400,
      (x, y) => white.data[y * 400 + x]! + white.data[y * 400 + ((x + 1) % 400)]!,
    );
    const [a, b] = [white, smooth].map((each) => autocorrelation(each, 1));
    expect(b!.data[5]).toBeCloseTo(0.5, 1);
    expect(autocorrelationDistance(a!, b!)).toBeCloseTo(Math.sqrt((2 * 0.25) / 8), 1);
  });

  test("refuses a mask of another shape, lags beyond the image, and an empty mask", () => {
    expect(() => autocorrelation(field, 3, zeros(3, 3))).toThrow(/mask of the autocorrelation/);
    expect(() => autocorrelation(field, 24)).toThrow(/lag: found 24/);
    expect(() => autocorrelation(field, 3, zeros(24, 31))).toThrow(/pixels away from particles: found 0/);
  });
});
