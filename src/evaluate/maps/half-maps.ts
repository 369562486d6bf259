import { irfft3, rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { randomisePhases } from "../../array/spectrum/random-phases.js";
import { mean, standardDeviation } from "../../array/statistics.js";
import { UsageError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { checkComparable, fourierShellCorrelation, shellFrequencies } from "./fsc.js";

/** The curves of two half maps under a mask, shell by shell from zero to Nyquist. */
export interface HalfMapCurves {
  /** 1/angstrom. */
  readonly frequencies: Float64Array;
  readonly unmasked: Float64Array;
  readonly masked: Float64Array;
  /** Of the masked maps with random phases beyond `randomisedFrom`: what the mask alone makes correlate. Mean over the draws. */
  readonly randomised: Float64Array;
  /** The masked curve less what the mask makes: the curve to be read. */
  readonly corrected: Float64Array;
  /** Standard deviation of the corrected curve over the draws of random phases; 0 for a single one. */
  readonly correctedSpread: Float64Array;
  /** The corrected curve of each draw alone. */
  readonly correctedByDraw: readonly Float64Array[];
  /** First shell with random phases. */
  readonly randomisedFrom: number;
}

export interface HalfMapOptions {
  /** Phases are random from the first shell where the unmasked curve lies below this. Default 0.8, as RELION. */
  readonly randomiseBelow?: number;
  /** Phases are random from this resolution in angstrom instead, where the unmasked curve tells nothing. */
  readonly randomiseFrom?: number;
  /** Independent draws of the random phases; default 5. */
  readonly draws?: number;
  /** Of the random phases; default 0. */
  readonly seed?: number;
}

/** Two independent half maps. */
export type HalfMaps = readonly [Volume, Volume];

/** Draws of random phases where nothing else is said: their mean is half as noisy as one, for a few seconds. */
const DRAWS = 5;
/** Shells beyond the first randomised one in which the masked curve still holds as it is, as in RELION. */
const UNCORRECTED_SHELLS = 2;

/** The curves of two half maps before any correction. */
export type UncorrectedCurves = Pick<HalfMapCurves, "frequencies" | "unmasked" | "masked" | "randomisedFrom">;

/**
 * Fourier shell correlations of two half maps: without mask, masked, masked with random phases, and corrected,
 *
 *   corrected = (masked - randomised) / (1 - randomised)   from two shells beyond the first randomised one,
 *
 * and the masked curve before. Source: Chen et al. 2013, Ultramicroscopy 135:24, with RELION's choices of shells and sums.
 *
 * @throws ShapeError, DomainError for maps that do not fit together; UsageError where no shell's phases can be randomised
 */
export function halfMapCurves(halves: HalfMaps, mask: Volume, options: HalfMapOptions = {}): HalfMapCurves {
  const curves = uncorrectedCurves(halves, mask, options);
  const draws = Array.from({ length: options.draws ?? DRAWS }, (_, draw) =>
    randomisedCurve(halves, mask, { from: curves.randomisedFrom, seed: options.seed ?? 0, draw }),
  );
  return correctedCurves(curves, draws);
}

/** The first part of `halfMapCurves`. */
export function uncorrectedCurves(
  halves: HalfMaps,
  mask: Volume,
  options: HalfMapOptions,
): UncorrectedCurves {
  const [first, second] = halves;
  checkComparable(first, second);
  checkComparable(first, mask);
  const unmasked = storedCorrelation(first, second);
  const masked = storedCorrelation(multiplied(first, mask), multiplied(second, mask));
  masked[0] = positiveAtOrigin(masked[0]!);
  return {
    frequencies: shellFrequencies(first),
    ...{ unmasked, masked, randomisedFrom: firstRandomShell(first, unmasked, options) },
  };
}

/** The masked curve of the halves with one draw of random phases from a shell outward. Draws do not depend on each other. */
export function randomisedCurve(
  halves: HalfMaps,
  mask: Volume,
  { from, seed, draw }: { readonly from: number; readonly seed: number; readonly draw: number },
): Float64Array {
  const [a, b] = halves.map((map, half) => {
    const random = Random.of(seed, "random phases", draw, half);
    const scrambled = irfft3(randomisePhases(rfft3(map), from, random), map.voxelSize);
    return multiplied(scrambled, mask);
  });
  return storedCorrelation(a!, b!);
}

/** The last part of `halfMapCurves`: all curves, from the randomised curve of each draw. */
export function correctedCurves(curves: UncorrectedCurves, draws: readonly Float64Array[]): HalfMapCurves {
  const { masked, randomisedFrom } = curves;
  const randomised = masked.map((_, s) => mean(draws.map((draw) => draw[s]!)));
  const correctedByDraw = draws.map((draw) => correctForMask(masked, draw, randomisedFrom));
  return {
    ...curves,
    randomised,
    corrected: correctForMask(masked, randomised, randomisedFrom),
    correctedSpread: masked.map((_, s) => standardDeviation(correctedByDraw.map((curve) => curve[s]!))),
    correctedByDraw,
  };
}

/** The map times the mask, voxel by voxel. */
export const multiplied = (map: Volume, mask: Volume): Volume => ({
  ...map,
  data: map.data.map((value, i) => value * mask.data[i]!),
});

const storedCorrelation = (a: Volume, b: Volume): Float64Array =>
  fourierShellCorrelation(a, b, "stored half").correlation;

function firstRandomShell(map: Volume, unmasked: Float64Array, options: HalfMapOptions): number {
  if (options.randomiseFrom !== undefined) {
    return Math.max(1, Math.floor((map.shape[0] * map.voxelSize) / options.randomiseFrom));
  }
  const below = options.randomiseBelow ?? 0.8;
  const shell = unmasked.findIndex((value, s) => s > 0 && value < below);
  if (shell < 0) {
    throw new UsageError(
      `half maps: correlation without mask: found at least ${below} in every shell, expected less in one, from which ` +
        "phases are made random: are these independent half maps? A resolution to start from can be given instead",
    );
  }
  return shell;
}

/** The correlation at zero frequency is 1 or -1, by the signs of two means: it says nothing. */
const positiveAtOrigin = (value: number): number => (value <= 0 ? 1 : value);

/** The masked curve less what the mask makes correlate, from two shells beyond the first with random phases. */
export function correctForMask(masked: Float64Array, randomised: Float64Array, from: number): Float64Array {
  return masked.map((value, s) => {
    if (s < from + UNCORRECTED_SHELLS) return value;
    return (value - randomised[s]!) / (1 - randomised[s]!);
  });
}
