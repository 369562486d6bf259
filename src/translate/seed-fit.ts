import { irfft2 } from "../array/fft.js";
import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { radialAverage } from "../array/spectrum.js";
import { mean } from "../array/statistics.js";
import { DomainError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { estimateNoise } from "../estimate/noise.js";
import type { NoisePower } from "../physics/noise.js";
import type { Defocus } from "../physics/optics.js";
import { type Innovations, limited, NORMAL } from "./innovations.js";
import { type LocalShape, localShape } from "./local-shape.js";
import { type CleanMicrograph, type NoiseSeed, noisyInput } from "./noise-seed.js";
import { isotropicPower, meanRings, type Rings, tileFor, totalPower } from "./radial-power.js";
import { measureIce, ringPower } from "./ring-noise.js";
import type { LabelledImage, TrainingSet } from "./sampler.js";
import { fitUnevenness } from "./unevenness-fit.js";

/** Micrographs that a fit looks at, and the largest side of the part of each. */
const MOST_REAL = 8;
const MOST_SIMULATED = 16;
const LARGEST_SIDE = 1024;

/** Parts of some micrographs of a training set that fits look at. */
export interface FitSet {
  /** Normalised. */
  readonly real: readonly Image[];
  readonly realDefocus: readonly (Defocus | undefined)[];
  readonly simulated: readonly CleanMicrograph[];
  /** Mean variance of the clean micrographs. */
  readonly cleanVariance: number;
  /** Tile of the rings. */
  readonly tile: number;
  /** Angstrom. */
  readonly particleDiameter: number;
  readonly pixelSize: number;
}

/** @throws DomainError where no simulated micrograph has any signal */
export async function drawFitSet({
  real,
  realDefocus,
  simulated,
  particleDiameter,
  pixelSize,
}: TrainingSet): Promise<FitSet> {
  const realParts: Image[] = [];
  for (let i = 0; i < Math.min(MOST_REAL, real.count); i++) realParts.push(middle(await real.load(i)));
  const simulatedParts: FitSet["simulated"][number][] = [];
  const variances: number[] = [];
  for (let i = 0; i < Math.min(MOST_SIMULATED, simulated.count); i++) {
    const source: LabelledImage = await simulated.load(i);
    variances.push(source.variance);
    simulatedParts.push({ image: middle(source.image), mean: source.mean, optics: source.optics });
  }
  const cleanVariance = mean(variances);
  if (!(cleanVariance > 0)) {
    throw new DomainError("variance of the simulated micrographs", cleanVariance, "some signal in them");
  }
  const sides = [...realParts, ...simulatedParts.map(({ image }) => image)].flatMap(({ shape }) => shape);
  const tile = tileFor(Math.min(...sides));
  return {
    real: realParts,
    realDefocus,
    simulated: simulatedParts,
    cleanVariance,
    tile,
    particleDiameter,
    pixelSize,
  };
}

function middle(image: Image): Image {
  const [rows, columns] = image.shape.map((n) => Math.min(n, LARGEST_SIDE)) as [number, number];
  return crop(image, (image.shape[1] - columns) >> 1, (image.shape[0] - rows) >> 1, [rows, columns]);
}

/** White noise at an SNR. */
export const whiteSeed = ({ cleanVariance }: Pick<FitSet, "cleanVariance">, snr: number): NoiseSeed => ({
  deviation: Math.sqrt(cleanVariance / snr),
  cleanDeviation: Math.sqrt(cleanVariance),
});

/** A measured share of signal is kept within these. */
const LEAST_SIGNAL = 0.01;
const MOST_SIGNAL = 0.8;
/** Share of the background's power that the noise keeps where the signal would explain all of the real power. */
const FLOOR = 0.3;

/** Radial power of the real micrographs, of their background, and of clean ones at unit variance. */
interface SetSpectra {
  readonly real: Rings;
  readonly background: Rings;
  readonly clean: Rings;
  /** Measured share of the signal in the variance of the real micrographs. */
  readonly share: number;
}

async function measureSpectra(set: FitSet): Promise<SetSpectra> {
  const real = await meanRings(set.real, set.tile);
  const clean = await meanRings(
    set.simulated.map(({ image }) => image),
    set.tile,
  );
  const estimates = set.real.map((image) => estimateNoise(image, set));
  const backgrounds = estimates.map((estimate) => radialAverage(estimate.power).value);
  const background = real.values.map((_, i) => mean(backgrounds.map((values) => values[i]!)));
  const share = mean(estimates.map(({ signalFraction }) => signalFraction));
  return {
    real,
    background: { tile: set.tile, values: background },
    clean: { tile: set.tile, values: clean.values.map((power) => power / set.cleanVariance) },
    share: Math.min(MOST_SIGNAL, Math.max(LEAST_SIGNAL, share)),
  };
}

/**
 * Noise that, with the signal, has the spectrum of the real micrographs: power max(P_real - g² P_clean, 0.3 P_background)
 * at every frequency, P_clean of clean micrographs at unit variance, g² the share of the signal in the real variance.
 *
 * @param snr g² / (1 - g²); null: g² is measured on the real micrographs
 */
export async function colouredSeed(set: FitSet, snr: number | null): Promise<NoiseSeed> {
  const { real, background, clean, share: measured } = await measureSpectra(set);
  const share = snr === null ? measured : snr / (1 + snr);
  const residual = real.values.map((power, i) =>
    Math.max(power - share * clean.values[i]!, FLOOR * background.values[i]!),
  );
  const power = isotropicPower({ tile: set.tile, values: residual });
  return {
    cleanDeviation: Math.sqrt(set.cleanVariance),
    deviation: Math.sqrt((set.cleanVariance * totalPower(power)) / share),
    colour: { power, innovations: NORMAL },
  };
}

/**
 * The seed that comes nearest to real micrographs without a network: noise with the spectrum of the background and the Thon rings
 * of each micrograph's CTF, and a signal as strong as the real one at every frequency. `colouredSeed` in its place lets the
 * noise stand in for what simulated particles lack, which shows as blotches between them.
 *
 * @param snr of signal and noise; null: as measured
 */
export async function matchedSeed(set: FitSet, snr: number | null): Promise<NoiseSeed> {
  const spectra = await measureSpectra(set);
  const { signal, share } = fitSignal(spectra);
  const noise = spectra.background.values.map((background, i) => {
    const rest = spectra.real.values[i]! - signal.values[i]! ** 2 * share * spectra.clean.values[i]!;
    return Math.min(background, Math.max(LEAST_NOISE * background, rest));
  });
  const even = { tile: set.tile, values: noise };
  const { base, rings } = measureIce(set, share, even) ?? { base: even, rings: undefined };
  const power = isotropicPower(base);
  const powers = set.simulated.map(({ optics }) => (rings ? ringPower(power, rings, optics) : power));
  const variance =
    snr === null ? (set.cleanVariance * mean(powers.map(totalPower))) / share : set.cleanVariance / snr;
  return {
    cleanDeviation: Math.sqrt(set.cleanVariance),
    deviation: Math.sqrt(variance),
    signal: storable(signal),
    colour: { power, innovations: NORMAL, ...(rings && { rings: storable(rings) }) },
  };
}

/** Rounded to what a model file holds, so that a training resumed from its file is the same training. */
const storable = ({ tile, values }: Rings): Rings => ({
  tile,
  values: Float64Array.from(Float32Array.from(values)),
});

/**
 * Share of the measured background that the noise keeps where signal and noise together would exceed the real power. Where they fall
 * short noise is not added: real power beyond the background sits at the particles, and would show as blotches between them.
 */
const LEAST_NOISE = 0.75;
/** How far the signal's filter may leave an even one, and over how many rings either way it is smooth. */
const MOST_GAIN = 1.6;
const SMOOTH = 3;

/**
 * Strength of the signal at each frequency: real power above the background over clean power, both summed over nearby rings.
 *
 * @returns a filter that keeps the mean variance of the clean micrographs, and the share of the variance that they then have
 */
function fitSignal({ real, background, clean, share }: SetSpectra): {
  readonly signal: Rings;
  readonly share: number;
} {
  const { tile } = real;
  const near = (ring: number, of: (i: number) => number): number => {
    let sum = 0;
    for (
      let i = Math.max(2, ring - SMOOTH);
      i <= Math.min(real.values.length - 1, Math.max(2, ring) + SMOOTH);
      i++
    ) {
      sum += of(i);
    }
    return sum;
  };
  const gains = real.values.map((_, ring) => {
    const above = near(ring, (i) => real.values[i]! - background.values[i]!);
    const below = near(ring, (i) => share * clean.values[i]!);
    const gain = below > 0 && above > 0 ? Math.sqrt(above / below) : 0;
    return Math.min(MOST_GAIN, Math.max(1 / MOST_GAIN, gain));
  });
  const filtered = totalPower(
    isotropicPower({ tile, values: clean.values.map((power, i) => power * gains[i]! ** 2) }),
  );
  const whole = totalPower(isotropicPower(clean));
  const scale = Math.sqrt(whole / filtered);
  return {
    signal: { tile, values: gains.map((gain) => gain * scale) },
    share: Math.min(MOST_SIGNAL, (share * filtered) / whole),
  };
}

/** The seed with the unevenness that real micrographs have and it lacks. */
export function withUnevenness(set: FitSet, seed: NoiseSeed, randomSeed: number): NoiseSeed {
  const even = set.simulated.map((micrograph, i) =>
    noisyInput(micrograph, seed, Random.of(randomSeed, "unevenness", i)),
  );
  const found = fitUnevenness(set.real, even, set.particleDiameter / set.pixelSize);
  if (!found) return seed;
  return { ...seed, unevenness: { ...found, profile: storable(found.profile) } };
}

const ROUNDS = 3;

/**
 * Skewness and kurtosis of the white noise under a coloured seed, such that what comes out has the local skewness and kurtosis
 * of the real micrographs: by fixed-point iteration, since neither the signal nor a network are linear in them.
 *
 * @param translate what is done to the noisy micrographs before they are compared; absent: nothing
 */
export async function fitInnovations(
  set: FitSet,
  seed: NoiseSeed,
  randomSeed: number,
  translate: (noisy: Image) => Promise<Image> = async (noisy) => noisy,
): Promise<NoiseSeed> {
  if (!seed.colour) return seed;
  const { colour } = seed;
  const wanted = localShape(set.real);
  const passed = throughFilter(colour.power);
  let { innovations } = colour;
  for (let round = 0; round < ROUNDS; round++) {
    const found = await shapeOf(set, { ...seed, colour: { ...colour, innovations } }, randomSeed, translate);
    innovations = limited({
      skewness: innovations.skewness + (wanted.skewness - found.skewness) / passed.skewness,
      kurtosis: innovations.kurtosis + (wanted.kurtosis - found.kurtosis) / passed.kurtosis,
    });
  }
  return { ...seed, colour: { ...colour, innovations } };
}

async function shapeOf(
  set: FitSet,
  seed: NoiseSeed,
  randomSeed: number,
  translate: (noisy: Image) => Promise<Image>,
): Promise<LocalShape> {
  const images: Image[] = [];
  for (const [i, micrograph] of set.simulated.entries()) {
    images.push(await translate(noisyInput(micrograph, seed, Random.of(randomSeed, "fit", i))));
  }
  return localShape(images);
}

/**
 * How much of the skewness and kurtosis of white noise a filter h leaves: sum h³ / (sum h²)^1.5 and sum h⁴ / (sum h²)², h the
 * zero-phase filter with the square root of the power as its transfer function.
 */
function throughFilter({ data, shape }: NoisePower): Innovations {
  const spectrum = new Float32Array(2 * data.length);
  for (let i = 0; i < data.length; i++) spectrum[2 * i] = Math.sqrt(data[i]!);
  const kernel = irfft2({ data: spectrum, shape });
  let [second, third, fourth] = [0, 0, 0];
  for (const h of kernel.data) {
    second += h * h;
    third += h * h * h;
    fourth += h * h * h * h;
  }
  return { skewness: third / second ** 1.5, kurtosis: fourth / second ** 2 };
}
