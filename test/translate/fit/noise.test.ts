import { describe, expect, test } from "vitest";
import { fourierFilter } from "../../../src/array/filter.js";
import { type Image, zeros } from "../../../src/array/image.js";
import {
  isotropicPower,
  radialAverage,
  radialPowerSpectrum,
  totalPower,
} from "../../../src/array/spectrum/power.js";
import { profileAt } from "../../../src/array/spectrum/profile.js";
import { correlation, mean, moments, variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { estimateNoise } from "../../../src/estimate/noise/noise.js";
import type { NoiseAt } from "../../../src/nn/layers.js";
import { colouredField, matchedField, whiteField } from "../../../src/translate/fit/field.js";
import { drawFitSet } from "../../../src/translate/fit/fit-set.js";
import { fitInnovations } from "../../../src/translate/fit/innovations.js";
import {
  fieldSnr,
  generatorInput,
  type NoiseField,
  noisyDeviation,
  noisyInput,
} from "../../../src/translate/noise/field.js";
import { skewedNoise } from "../../../src/translate/noise/innovations.js";
import { localShape } from "../../../src/translate/noise/local-shape.js";
import { applyGain, meanProfile, spectralGain } from "../../../src/translate/noise/power.js";
import { TOY_OPTICS, toyTrainingSet } from "../../helpers/toys/training-set.js";

describe("skewedNoise", () => {
  test.each([
    [0, 0],
    [0.6, 0],
    [0.3, 0.5],
  ])("of skewness %f and kurtosis %f has variance 1 and about those cumulants", (skewness, kurtosis) => {
    const found = moments(skewedNoise([1000, 1000], { skewness, kurtosis }, Random.of(1, "skew")).data);
    expect(found.mean).toBeCloseTo(0, 2);
    expect(found.variance).toBeCloseTo(1, 2);
    // the expansion is of first order: products of the two coefficients remain
    expect(Math.abs(found.skewness - skewness)).toBeLessThan(0.05 + 0.2 * skewness);
    expect(found.excessKurtosis).toBeGreaterThan(kurtosis - 0.05);
    if (skewness === 0) expect(found.excessKurtosis).toBeCloseTo(kurtosis, 1);
  });
});

describe("noise field", () => {
  const clean = zeros(256, 256);
  for (let i = 0; i < clean.data.length; i++) clean.data[i] = 3 + Math.sin(i / 40) + Math.cos(i / 1333);

  test("white noise at an SNR has that variance, and the input has mean 0 and standard deviation 1", () => {
    const field = whiteField({ cleanVariance: variance(clean.data) }, 0.1);
    expect(fieldSnr(field)).toBeCloseTo(0.1, 10);
    const input = moments(
      noisyInput({ image: clean, mean: 3, optics: TOY_OPTICS }, field, Random.of(2, "seed")).data,
    );
    expect(Math.abs(input.mean)).toBeLessThan(4 / 256);
    expect(input.variance).toBeCloseTo(1, 1);
  });

  test("two planes add up to the one of the same stream, noise and signal varied alike", () => {
    const profile = { tile: 64, values: new Float64Array(33).fill(0.2) };
    const field: NoiseField = {
      ...whiteField({ cleanVariance: variance(clean.data) }, 0.5),
      unevenness: { profile, field: 1, micrograph: 0.5, diameter: 20 },
    };
    const micrograph = { image: clean, mean: 3, optics: TOY_OPTICS };
    const sum = noisyInput(micrograph, field, Random.of(4, "planes"));
    const planes = (noiseAt: NoiseAt) => generatorInput(micrograph, field, Random.of(4, "planes"), noiseAt);
    expect(planes("input").map(({ data }) => data)).toEqual([sum.data]);
    const [signal, noise] = planes("channel");
    expect(signal!.data.map((value, i) => value + noise!.data[i]!)).toBeAllclose(sum.data, {
      absolute: 1e-6,
    });
    expect(planes("inner").map(({ data }) => data)).toEqual([signal!.data, noise!.data]);
    // of the clean micrograph's pattern nothing is in the noise
    expect(Math.abs(correlation(noise!.data, clean.data))).toBeLessThan(0.02);
  });

  test("an empty micrograph gets the same noise as a full one", () => {
    const field = whiteField({ cleanVariance: 4 }, 0.25);
    const { data } = noisyInput(
      { image: zeros(128, 128), mean: 0, optics: TOY_OPTICS },
      field,
      Random.of(2, "seed"),
    );
    expect(variance(data)).toBeCloseTo(16 / (16 + 4), 1);
  });
});

describe("profiles of power", () => {
  test("an isotropic power and its profile agree, and its total is the variance of noise that has it", () => {
    const rings = { tile: 64, values: Float64Array.from({ length: 33 }, (_, i) => 1 / (1 + i)) };
    const power = isotropicPower(rings);
    expect(power.data[2 * 33 + 0]).toBeCloseTo(1 / 3, 6);
    expect(power.data[62 * 33 + 0]).toBeCloseTo(1 / 3, 6);
    const mean = [...power.data].reduce(
      (sum, value, i) => sum + (i % 33 === 0 || i % 33 === 32 ? 1 : 2) * value,
      0,
    );
    expect(totalPower(power)).toBeCloseTo(mean / 4096, 10);
    expect(profileAt(rings, 0.5 / 64)).toBeCloseTo(0.75, 12);
    expect(profileAt(rings, 0.7)).toBeCloseTo(1 / 33, 12);
  });

  test("the gain between two spectra, applied, turns the one into the other", async () => {
    const white = zeros(400, 300);
    Random.of(3, "gain").fillNormal(white.data);
    const wanted = { tile: 64, values: Float64Array.from({ length: 33 }, (_, i) => 0.5 + Math.exp(-i / 10)) };
    const gain = spectralGain(wanted, await meanProfile([white], 64));
    const found = radialPowerSpectrum(applyGain(white, gain), 64).value;
    for (let i = 3; i < 32; i++) expect(Math.abs(found[i]! / wanted.values[i]! - 1)).toBeLessThan(0.06);
  });

  test("a gain of 1 leaves the image where it is, to its edges", () => {
    const image = zeros(70, 101);
    Random.of(3, "gain").fillNormal(image.data);
    const same = applyGain(image, { tile: 32, values: new Float64Array(17).fill(1) });
    expect(same.data).toBeAllclose(image.data, { absolute: 1e-5 });
  });

  test("a gain is kept within a factor of 2", () => {
    const rings = (value: number) => ({ tile: 4, values: Float64Array.of(value, value, value) });
    expect([...spectralGain(rings(100), rings(1)).values]).toEqual([2, 2, 2]);
    expect([...spectralGain(rings(1), rings(100)).values]).toEqual([0.5, 0.5, 0.5]);
  });
});

describe("coloured noise field", () => {
  const { set, signalShare } = toyTrainingSet({ real: 3, simulated: 3, side: 320, skewness: 0.4 });
  const fit = drawFitSet(set);
  const translated = async (field: NoiseField): Promise<Image[]> =>
    (await fit).simulated.map((micrograph, i) => noisyInput(micrograph, field, Random.of(8, "check", i)));

  test("finds about the share of the signal that the real micrographs were made with", async () => {
    const snr = fieldSnr(await colouredField(await fit, null));
    expect(snr / (1 + snr)).toBeGreaterThan(0.6 * signalShare);
    expect(snr / (1 + snr)).toBeLessThan(1.5 * signalShare);
  });

  test("given the SNR, the field has the spectrum of the real micrographs, signal and noise together", async () => {
    const field = await colouredField(await fit, signalShare / (1 - signalShare));
    const wanted = await meanProfile((await fit).real, 64);
    const found = await meanProfile(await translated(field), 64);
    const logs = (values: Float64Array): number[] => [...values.slice(3, 32)].map(Math.log10);
    expect(correlation(logs(found.values), logs(wanted.values))).toBeGreaterThan(0.97);
    expect(noisyDeviation(field)).toBeGreaterThan(0);
    for (let i = 4; i < 32; i++) {
      expect(Math.abs(Math.log(found.values[i]! / wanted.values[i]!))).toBeLessThan(0.35);
    }
  });

  test("a matched field finds the share of the signal, and comes to the spectrum of the real micrographs", async () => {
    const field = await matchedField(await fit, null);
    const share = fieldSnr(field) / (1 + fieldSnr(field));
    expect(share).toBeGreaterThan(0.6 * signalShare);
    expect(share).toBeLessThan(1.5 * signalShare);
    const wanted = await meanProfile((await fit).real, 64);
    const found = await meanProfile(await translated(field), 64);
    for (let i = 4; i < 32; i++) {
      expect(Math.abs(Math.log(found.values[i]! / wanted.values[i]!))).toBeLessThan(0.5);
    }
  });

  test.each(["matched", "coloured"] as const)(
    "corners of the spectrum that binning left weak are weak in a %s field too",
    async (kind) => {
      const whole = await fit;
      const binned = (kx: number, ky: number) => (Math.hypot(kx, ky) > 0.5 ? 0.4 : 1);
      const real = whole.real.map((image) => fourierFilter(image, binned));
      const field = await { matched: matchedField, coloured: colouredField }[kind]({ ...whole, real }, null);
      const { values, tile } = await meanProfile(await translated(field), 64);
      const power = (from: number, to: number): number =>
        mean([...values].filter((_, ring) => ring / tile > from && ring / tile < to));
      // 0.16 as it was made
      expect(power(0.54, 0.68) / power(0.4, 0.48)).toBeGreaterThan(0.1);
      expect(power(0.54, 0.68) / power(0.4, 0.48)).toBeLessThan(0.25);
    },
  );

  test("the filter of a matched field keeps the variance of the signal and makes up for what was filtered out of it", async () => {
    const whole = await fit;
    const soften = (kx: number, ky: number) => 1 / (1 + 100 * (kx * kx + ky * ky));
    const softened = whole.simulated.map((each) => ({ ...each, image: fourierFilter(each.image, soften) }));
    const cleanVariance =
      softened.reduce((sum, { image }) => sum + variance(image.data), 0) / softened.length;
    const plain = (await matchedField(whole, null)).signal!.values;
    const filter = (await matchedField({ ...whole, simulated: softened, cleanVariance }, null)).signal!;
    // softened more at ring 10 than at ring 5: made up for, relative to what it was
    expect(filter.values[10]! / plain[10]!).toBeGreaterThan(1.1 * (filter.values[5]! / plain[5]!));
    const kept = softened.map(({ image }) => variance(applyGain(image, filter).data));
    expect(kept.reduce((sum, v) => sum + v, 0) / kept.length / cleanVariance).toBeCloseTo(1, 0.5);
  });

  test("the noise of a matched field stays at the background where the signal cannot explain the real power", async () => {
    const whole = await fit;
    // particles without their main ring: real power there is far above signal and background
    const hollow = (kx: number, ky: number) => (Math.abs(Math.hypot(kx, ky) - 0.05) < 0.025 ? 0.05 : 1);
    const simulated = whole.simulated.map((each) => ({ ...each, image: fourierFilter(each.image, hollow) }));
    const cleanVariance = mean(simulated.map(({ image }) => variance(image.data)));
    const field = await matchedField({ ...whole, simulated, cleanVariance }, null);
    const backgrounds = whole.real.map((image) => radialAverage(estimateNoise(image, whole).power).value);
    const { data, shape } = field.colour!.power;
    for (let ring = 2; ring < 18; ring++) {
      const background = mean(backgrounds.map((values) => values[ring]!));
      const found = data[(ring * shape[1]) / whole.tile]!;
      expect(found / background).toBeLessThan(1 + 1e-5);
      expect(found / background).toBeGreaterThan(0.75 - 1e-5);
    }
  });

  test("fitting innovations leaves the rest of a field as it is", async () => {
    const field = await matchedField(await fit, null);
    const rings = { tile: 64, values: new Float64Array(33).fill(0.1) };
    const withRings: NoiseField = { ...field, colour: { ...field.colour!, thonRings: rings } };
    const fitted = await fitInnovations(await fit, withRings, 5);
    expect({ ...fitted, colour: { ...fitted.colour, innovations: undefined } }).toEqual({
      ...withRings,
      colour: { ...withRings.colour, innovations: undefined },
    });
  });

  test("fitted innovations bring the local skewness to the real one", async () => {
    const plain = await colouredField(await fit, signalShare / (1 - signalShare));
    const fitted = await fitInnovations(await fit, plain, 5);
    const wanted = localShape((await fit).real).skewness;
    const before = localShape(await translated(plain)).skewness;
    const after = localShape(await translated(fitted)).skewness;
    expect(Math.abs(wanted - before)).toBeGreaterThan(0.05);
    expect(Math.abs(wanted - after)).toBeLessThan(0.3 * Math.abs(wanted - before));
  });
});
