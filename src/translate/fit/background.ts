import type { Image } from "../../array/image.js";
import { visitFrequencies } from "../../array/spectrum/half.js";
import { CORNER, type PowerSpectrum, radialAverage, totalPower } from "../../array/spectrum/power.js";
import { type EvenProfile, profileAt } from "../../array/spectrum/profile.js";
import { mean } from "../../array/statistics.js";
import { estimateNoise } from "../../estimate/noise/noise.js";
import type { NoiseField } from "../noise/field.js";
import { withThonRings } from "../noise/thon-rings.js";
import type { FitSet } from "./fit-set.js";

/** What lies between the particles of a set of images. */
export interface Background {
  /** Mean radial power. */
  readonly power: EvenProfile;
  /** Mean share of the signal in the variance, 0 to 1. */
  readonly signalFraction: number;
}

/** Signals are compared over so many steps of frequency either way, backgrounds over twice as many: they are smoother. */
const SMOOTH = 3;
const SMOOTH_BACKGROUND = 6;
/** The lowest frequency that counts: slow trends rule those below. */
const LOWEST = 2;
/** The largest change of a power at a time. */
const MOST = 2;

/**
 * The background as `estimateNoise` finds it. In crowded micrographs the estimate is too high, as fringes of particles reach between
 * them: compare it only with the same estimate of other images.
 */
export function measureBackground(set: FitSet, images: readonly Image[]): Background {
  const estimates = images.map((image) => estimateNoise(image, set));
  const powers = estimates.map(({ power }) => radialAverage(power, CORNER).value);
  return {
    power: { tile: set.tile, values: powers[0]!.map((_, i) => mean(powers.map((each) => each[i]!))) },
    signalFraction: mean(estimates.map(({ signalFraction }) => signalFraction)),
  };
}

/** Sum of a value over the steps of frequency near one. */
export function near(
  { values }: EvenProfile,
  step: number,
  of: (i: number) => number,
  reach = SMOOTH,
): number {
  const middle = Math.max(LOWEST, step);
  const last = Math.min(values.length - 1, middle + reach);
  let sum = 0;
  for (let i = Math.max(LOWEST, middle - reach); i <= last; i++) sum += of(i);
  return sum;
}

/** Mean of a background over the steps of frequency near one. */
export const smoothed = (background: EvenProfile, step: number): number =>
  near(background, step, (i) => background.values[i]!, SMOOTH_BACKGROUND) /
  near(background, step, () => 1, SMOOTH_BACKGROUND);

/** Wanted over found, both summed over nearby steps, within a factor of 2 either way. */
export function powerRatio(wanted: EvenProfile, found: EvenProfile): EvenProfile {
  const values = wanted.values.map((_, step) => {
    const ratio = smoothed(wanted, step) / smoothed(found, step);
    return Math.min(MOST, Math.max(1 / MOST, ratio));
  });
  return { tile: wanted.tile, values };
}

/** The noise field with its power changed by a factor at each frequency; a white one stays as it is. */
export function scaleNoise(field: NoiseField, factor: EvenProfile, set: FitSet): NoiseField {
  const { colour } = field;
  if (!colour) return field;
  const scaled = {
    ...colour,
    power: scaledPower(colour.power, factor),
    ...(colour.thonRings && { thonRings: scaledProfile(colour.thonRings, factor) }),
  };
  const total = ({ power, thonRings }: NonNullable<NoiseField["colour"]>): number =>
    mean(
      set.simulated.map(({ optics }) =>
        totalPower(thonRings ? withThonRings(power, thonRings, optics) : power),
      ),
    );
  const deviation = Math.fround(field.deviation * Math.sqrt(total(scaled) / total(colour)));
  return { ...field, deviation, colour: scaled };
}

function scaledPower({ data, shape }: PowerSpectrum, factor: EvenProfile): PowerSpectrum {
  const out = data.slice();
  visitFrequencies(shape, (at, kx, ky) => {
    out[at]! *= profileAt(factor, Math.hypot(kx, ky));
  });
  return { data: out, shape };
}

function scaledProfile({ tile, values }: EvenProfile, factor: EvenProfile): EvenProfile {
  return {
    tile,
    values: values.map((power, step) => Math.fround(power * profileAt(factor, step / tile))),
  };
}
