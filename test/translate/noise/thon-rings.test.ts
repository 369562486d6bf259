import { describe, expect, test } from "vitest";
import { isotropicPower } from "../../../src/array/spectrum/power.js";
import { type EvenProfile, profileAt } from "../../../src/array/spectrum/profile.js";
import { Random } from "../../../src/core/random.js";
import { colouredNoise } from "../../../src/physics/noise.js";
import { ctf } from "../../../src/physics/optics/ctf.js";
import {
  fitRingModel,
  type MicrographCtf,
  measureIce,
  turnedCtf,
  withThonRings,
} from "../../../src/translate/noise/thon-rings.js";

const optics = (defocusU: number): MicrographCtf => ({
  pixelSize: 2,
  voltage: 300,
  sphericalAberration: 2.7,
  amplitudeContrast: 0.1,
  defocusU,
  defocusV: defocusU - 1500,
  defocusAngle: 40,
  phaseShift: 0,
});
const profile = (of: (k: number) => number, tile = 256): EvenProfile => ({
  tile,
  values: Float64Array.from({ length: tile / 2 + 1 }, (_, i) => of(i / tile)),
});

/** Micrographs of nothing but noise with these parts, which have no reason to be normalised. */
function micrographs(base: EvenProfile, ice: EvenProfile, defoci: readonly number[]) {
  return defoci.map((defocus, i) => {
    const power = withThonRings(isotropicPower(base), ice, optics(defocus));
    const image = colouredNoise([512, 512], power, Random.of(1, "ice", i));
    // unit variance was made of it: back to the power that was asked for
    const scale = Math.sqrt(meanPower(power.data));
    return { image: { ...image, data: image.data.map((v) => v * scale) }, optics: optics(defocus) };
  });
}

function meanPower(half: Float32Array): number {
  const columns = 129;
  let sum = 0;
  half.forEach((p, i) => {
    sum += i % columns === 0 || i % columns === columns - 1 ? p : 2 * p;
  });
  return sum / 256 ** 2;
}

describe("noise with Thon rings", () => {
  const base = profile((k) => 0.7 - 0.3 * k);
  const ice = profile((k) => 2 * Math.exp(-k / 0.15));

  test("a power spectrum has the rings of the CTF on top of it, astigmatism included", () => {
    const power = withThonRings(isotropicPower(base), ice, optics(20_000));
    const kernel = ctf(optics(20_000));
    for (const [row, column] of [
      [0, 40],
      [33, 20],
      [250, 90],
    ] as const) {
      const [kx, ky] = [column / 256, (row > 128 ? row - 256 : row) / 256];
      const k = Math.hypot(kx, ky);
      const expected = profileAt(base, k) + profileAt(ice, k) * kernel(kx / 2, ky / 2) ** 2;
      expect(power.data[row * 129 + column]).toBeCloseTo(expected, 5);
    }
  });

  test("base and rings are told apart in micrographs of several defoci", () => {
    const found = fitRingModel(micrographs(base, ice, [12_000, 15_000, 19_000, 24_000]));
    for (let i = 30; i <= 120; i += 10) {
      expect(Math.abs(found.base.values[i]! / base.values[i]! - 1)).toBeLessThan(0.16);
      expect(found.thonRings.values[i]!).toBeGreaterThan(0.75 * ice.values[i]! - 0.05);
      expect(found.thonRings.values[i]!).toBeLessThan(1.25 * ice.values[i]! + 0.05);
    }
  });

  test("the ice of real micrographs is found by fitting their CTFs, less what the particles explain", () => {
    const real = micrographs(base, ice, [14_000, 18_000, 22_000]);
    const none = profile(() => 0);
    // clean micrographs whose power is all rings: half of the ice is theirs
    const simulated = micrographs(
      none,
      profile((k) => Math.exp(-k / 0.15)),
      [15_000, 20_000],
    );
    const even = profile((k) => 0.7 + Math.exp(-k / 0.15));
    const set = { real: real.map(({ image }) => image), realDefocus: [], simulated, cleanVariance: 1 };
    const found = measureIce(set, 1, even)!;
    for (let i = 50; i <= 110; i += 10) {
      const expected = 0.5 * ice.values[i]!;
      expect(Math.abs(found.thonRings.values[i]! - expected)).toBeLessThan(0.35 * expected + 0.05);
    }
    // below the first zero nothing is told apart
    expect(found.thonRings.values[8]).toBe(0);
    expect(found.base.values[8]).toBeCloseTo(even.values[8]!, 6);
  });

  test("micrographs too small to fit a CTF have none", () => {
    const image = { data: new Float32Array(200 * 200), shape: [200, 200] as const };
    const simulated = [{ image, optics: optics(20_000) }];
    expect(
      measureIce({ real: [image], realDefocus: [], simulated, cleanVariance: 1 }, 0.2, base),
    ).toBeUndefined();
  });

  test("a turned crop has a turned axis of astigmatism", () => {
    const angles = [0, 1, 2, 3, 4, 5].map((turn) => turnedCtf(optics(20_000), turn).defocusAngle);
    expect(angles).toEqual([40, 130, 40, 130, -40, 50]);
  });
});
