import { CORNER, isotropicPower, radialAverage, totalPower } from "../../array/spectrum/power.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import { mean } from "../../array/statistics.js";
import { Random } from "../../core/random.js";
import { estimateNoise } from "../../estimate/noise/noise.js";
import { type NoiseField, noisyInput } from "../noise/field.js";
import { NORMAL } from "../noise/innovations.js";
import { meanProfile } from "../noise/power.js";
import { measureIce, withThonRings } from "../noise/thon-rings.js";
import type { FitSet } from "./fit-set.js";
import { fitUnevenness } from "./unevenness.js";

/** A noise field of white noise at an SNR. */
export const whiteField = ({ cleanVariance }: Pick<FitSet, "cleanVariance">, snr: number): NoiseField => ({
  deviation: Math.sqrt(cleanVariance / snr),
  cleanDeviation: Math.sqrt(cleanVariance),
});

/** No noise at all. */
export const noField = ({ cleanVariance }: Pick<FitSet, "cleanVariance">): NoiseField => ({
  deviation: 0,
  cleanDeviation: Math.sqrt(cleanVariance),
});

/** A measured share of signal is kept within these. */
const LEAST_SIGNAL = 0.01;
const MOST_SIGNAL = 0.8;
/** Share of the background's power that the noise keeps where the signal would explain all of the real power. */
const FLOOR = 0.3;

/** Radial power of the real micrographs, of their background, and of clean ones at unit variance. */
interface SetSpectra {
  readonly real: EvenProfile;
  readonly background: EvenProfile;
  readonly clean: EvenProfile;
  /** Measured share of the signal in the variance of the real micrographs. */
  readonly share: number;
}

async function measureSpectra(set: FitSet): Promise<SetSpectra> {
  const real = await meanProfile(set.real, set.tile);
  const clean = await meanProfile(
    set.simulated.map(({ image }) => image),
    set.tile,
  );
  const estimates = set.real.map((image) => estimateNoise(image, set));
  const backgrounds = estimates.map((estimate) => radialAverage(estimate.power, CORNER).value);
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
export async function colouredField(set: FitSet, snr: number | null): Promise<NoiseField> {
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
 * The noise field that comes nearest to real micrographs without a network: noise with the spectrum of the background and the Thon rings
 * of each micrograph's CTF, and a signal as strong as the real one at every frequency. `colouredField` in its place lets the
 * noise stand in for what simulated particles lack, which shows as blotches between them.
 *
 * @param snr of signal and noise; null: as measured
 */
export async function matchedField(set: FitSet, snr: number | null): Promise<NoiseField> {
  const spectra = await measureSpectra(set);
  const { signal, share } = fitSignal(spectra);
  const noise = spectra.background.values.map((background, i) => {
    const rest = spectra.real.values[i]! - signal.values[i]! ** 2 * share * spectra.clean.values[i]!;
    return Math.min(background, Math.max(LEAST_NOISE * background, rest));
  });
  const even = { tile: set.tile, values: noise };
  const { base, thonRings } = measureIce(set, share, even) ?? { base: even, thonRings: undefined };
  const power = isotropicPower(base);
  const powers = set.simulated.map(({ optics }) =>
    thonRings ? withThonRings(power, thonRings, optics) : power,
  );
  const variance =
    snr === null ? (set.cleanVariance * mean(powers.map(totalPower))) / share : set.cleanVariance / snr;
  return {
    cleanDeviation: Math.sqrt(set.cleanVariance),
    deviation: Math.sqrt(variance),
    signal: storable(signal),
    colour: { power, innovations: NORMAL, ...(thonRings && { thonRings: storable(thonRings) }) },
  };
}

/** Rounded to what a model file holds, so that a training resumed from its file is the same training. */
const storable = ({ tile, values }: EvenProfile): EvenProfile => ({
  tile,
  values: Float64Array.from(Float32Array.from(values)),
});

/**
 * Share of the measured background that the noise keeps where signal and noise together would exceed the real power. Where they fall
 * short noise is not added: real power beyond the background sits at the particles, and would show as blotches between them.
 */
const LEAST_NOISE = 0.75;
/** How far the signal's filter may leave an even one, and over how many steps of frequency either way it is smooth. */
const MOST_GAIN = 1.6;
const SMOOTH = 3;

/**
 * Strength of the signal at each frequency: real power above the background over clean power, both summed over nearby steps.
 *
 * @returns a filter that keeps the mean variance of the clean micrographs, and the share of the variance that they then have
 */
function fitSignal({ real, background, clean, share }: SetSpectra): {
  readonly signal: EvenProfile;
  readonly share: number;
} {
  const { tile } = real;
  const near = (step: number, of: (i: number) => number): number => {
    let sum = 0;
    for (
      let i = Math.max(2, step - SMOOTH);
      i <= Math.min(real.values.length - 1, Math.max(2, step) + SMOOTH);
      i++
    ) {
      sum += of(i);
    }
    return sum;
  };
  const gains = real.values.map((_, step) => {
    const above = near(step, (i) => real.values[i]! - background.values[i]!);
    const below = near(step, (i) => share * clean.values[i]!);
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

/** The noise field with the unevenness that real micrographs have and it lacks. */
export function withUnevenness(set: FitSet, field: NoiseField, randomSeed: number): NoiseField {
  const even = set.simulated.map((micrograph, i) =>
    noisyInput(micrograph, field, Random.of(randomSeed, "unevenness", i)),
  );
  const found = fitUnevenness(set.real, even, set.particleDiameter / set.pixelSize);
  if (!found) return field;
  return { ...field, unevenness: { ...found, profile: storable(found.profile) } };
}
