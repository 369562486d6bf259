import { describe, expect, test } from "vitest";
import { fourierFilter, gaussianBlur } from "../../../src/array/filter.js";
import type { Image } from "../../../src/array/image.js";
import { totalPower } from "../../../src/array/spectrum/power.js";
import { mean, variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import { whiteNoise } from "../../../src/physics/noise.js";
import { measureBackground, scaleNoise } from "../../../src/translate/fit/background.js";
import { calibrate } from "../../../src/translate/fit/calibration.js";
import { matchedField } from "../../../src/translate/fit/field.js";
import { drawFitSet, type FitSet } from "../../../src/translate/fit/fit-set.js";
import type { FieldTranslation } from "../../../src/translate/fit/innovations.js";
import { noisyInput } from "../../../src/translate/noise/field.js";
import { applyGain, meanProfile } from "../../../src/translate/noise/power.js";
import { toyTrainingSet } from "../../helpers/toys/training-set.js";

const SIDE = 256;
const SHARE = 0.5;
/** Rings of a tile of 64: features as large as a particle, which is 24 pixels across, and those that a network changes below. */
const COARSE = [2, 3];
const CHANGED = [3, 4, 5, 6, 7, 8];

/** Contrast with fringes about every particle, as a defocused microscope makes them: the wider, the greater the defocus. */
const defocused = (image: Image, defocus: number): Image =>
  fourierFilter(image, (kx, ky) => {
    const k2 = kx * kx + ky * ky;
    return Math.sin(defocus * k2) * Math.exp(-30 * k2);
  });

/** Noise of the toy's real micrographs: its spectrum is known, and the same everywhere. */
function noiseOf(index: number): Image {
  const white = whiteNoise([SIDE, SIDE], Random.of(3, "background", index));
  const smooth = gaussianBlur(white, 1.5);
  return scaled({ data: white.data.map((v, i) => v + smooth.data[i]!), shape: white.shape }, 1 - SHARE);
}

function scaled({ data, shape }: Image, wanted: number): Image {
  const [middle, factor] = [mean(data), Math.sqrt(wanted / variance(data))];
  return { data: data.map((value) => factor * (value - middle)), shape };
}

/** Crowded micrographs with fringes: real ones of a known noise, and clean ones of other particles. */
async function crowdedSet(defocus: number): Promise<FitSet> {
  const { set } = toyTrainingSet({ real: 4, simulated: 8, side: SIDE, particles: 110 });
  const { simulated, ...rest } = await drawFitSet(set);
  const clean = simulated.map((each) => ({ ...each, image: defocused(each.image, defocus), mean: 0 }));
  const real = clean.slice(4).map(({ image }, i) => {
    const [signal, noise] = [scaled(image, SHARE), noiseOf(i)];
    return { data: signal.data.map((value, at) => value + noise.data[at]!), shape: image.shape };
  });
  const cleanVariance = mean(clean.map(({ image }) => variance(image.data)));
  return { ...rest, real, simulated: clean.slice(0, 4), cleanVariance };
}

describe("the background between crowded particles", () => {
  const crowded = crowdedSet(300);
  const matched = crowded.then((set) => matchedField(set, null, 1));

  test("a matched field takes less of the particles' fringes for noise than the plain estimate does", async () => {
    const set = await crowdedSet(900);
    const truth = await meanProfile([0, 1, 2, 3].map(noiseOf), set.tile);
    const plain = measureBackground(set, set.real).power;
    const field = await matchedField(set, null, 1);
    const noise = set.simulated.map((micrograph, i) => {
      const image = { ...micrograph.image, data: new Float32Array(SIDE * SIDE) };
      return noisyInput({ ...micrograph, image }, field, Random.of(4, "noise", i));
    });
    const found = await meanProfile(noise, set.tile);
    const excess = (values: ArrayLike<number>): number =>
      mean(COARSE.map((ring) => Math.log(values[ring]! / truth.values[ring]!)));
    // thirteen times the true power, of which a field that is not corrected keeps eleven
    expect(excess(plain.values)).toBeGreaterThan(Math.log(10));
    expect(excess(plain.values) - excess(found.values)).toBeGreaterThan(0.35);
    expect(excess(found.values)).toBeGreaterThan(0);
  });

  test("calibration takes out what a network adds between the particles", async () => {
    const set = await crowded;
    const field = await matched;
    // a network that makes coarse noise twice as strong, and leaves the particles alone
    const louder: FieldTranslation = async (micrograph, noise, random) => {
      const image = noisyInput(micrograph, noise, random);
      const clean = noisyInput(micrograph, { ...noise, deviation: 1e-9 * noise.deviation }, random);
      const share = noise.cleanDeviation / Math.hypot(noise.cleanDeviation, noise.deviation);
      const rest = image.data.map((value, i) => value - share * clean.data[i]!);
      const coarse = fourierFilter({ data: rest, shape: image.shape }, (kx, ky) =>
        Math.hypot(kx, ky) < 0.14 ? Math.SQRT2 : 1,
      );
      return { data: coarse.data.map((value, i) => value + share * clean.data[i]!), shape: image.shape };
    };
    const { noise, gain } = await calibrate(set, field, 5, louder);
    const translated = async (with_: typeof field): Promise<number> => {
      const images: Image[] = [];
      for (const [i, each] of set.simulated.entries()) {
        images.push(await louder(each, with_, Random.of(6, "check", i)));
      }
      const wanted = measureBackground(set, set.real).power;
      const found = measureBackground(
        set,
        images.map((image) => applyGain(image, gain)),
      ).power;
      return mean(CHANGED.map((ring) => found.values[ring]! / wanted.values[ring]!));
    };
    expect(await translated(field)).toBeGreaterThan(1.3);
    expect(Math.abs((await translated(noise)) - 1)).toBeLessThan(0.15);
  });

  test("noise changed at some frequencies keeps its power at the others", async () => {
    const set = await crowded;
    const field = await matched;
    const factor = { tile: 64, values: Float64Array.from({ length: 46 }, (_, i) => (i < 8 ? 0.5 : 1)) };
    const less = scaleNoise(field, factor, set);
    const density = ({ deviation, colour }: typeof field, k: number): number => {
      const { data, shape } = colour!.power;
      return (
        (deviation ** 2 * data[Math.round(k * shape[0]) * (shape[1] / 2 + 1)]!) / totalPower(colour!.power)
      );
    };
    expect(density(less, 0.05) / density(field, 0.05)).toBeCloseTo(0.5, 1);
    expect(density(less, 0.3) / density(field, 0.3)).toBeCloseTo(1, 1);
  });
});
