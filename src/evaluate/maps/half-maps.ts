import { irfft3, rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { randomisePhases } from "../../array/spectrum/random-phases.js";
import { shellSums, type VolumeSpectrum } from "../../array/spectrum/shells.js";
import { standardDeviation } from "../../array/statistics.js";
import { UsageError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { checkComparable, correlationOf, shellFrequencies } from "./fsc.js";

/** The curves of two half maps under a mask, shell by shell from zero to Nyquist. */
export interface HalfMapCurves {
  /** 1/angstrom. */
  readonly frequencies: Float64Array;
  readonly unmasked: Float64Array;
  readonly masked: Float64Array;
  /** Of the masked maps with random phases beyond `randomisedFrom`: what the mask alone makes correlate. Mean over seeds. */
  readonly randomised: Float64Array;
  /** The masked curve less what the mask makes: the curve to be read. */
  readonly corrected: Float64Array;
  /** Standard deviation of the corrected curve over the seeds; 0 for a single one. */
  readonly correctedSpread: Float64Array;
  /** The corrected curve of each seed alone. */
  readonly correctedBySeed: readonly Float64Array[];
  /** First shell with random phases. */
  readonly randomisedFrom: number;
}

export interface HalfMapOptions {
  /** Phases are random from the first shell where the unmasked curve lies below this. Default 0.8, as RELION. */
  readonly randomiseBelow?: number;
  /** Phases are random from this resolution in angstrom instead, where the unmasked curve tells nothing. */
  readonly randomiseFrom?: number;
  /** Independent draws of the random phases; default 5. */
  readonly seeds?: number;
  /** Of the random phases; default 0. */
  readonly seed?: number;
}

/** Shells beyond the first randomised one in which the masked curve still holds as it is, as in RELION. */
const UNCORRECTED_SHELLS = 2;

/**
 * Fourier shell correlations of two half maps: without mask, masked, masked with random phases, and corrected,
 *
 *   corrected = (masked - randomised) / (1 - randomised)   from two shells beyond the first randomised one,
 *
 * and the masked curve before. Source: Chen et al. 2013, Ultramicroscopy 135:24, with RELION's choices of shells and sums.
 *
 * @throws ShapeError, DomainError for maps that do not fit together; UsageError where no shell's phases can be randomised
 */
export function halfMapCurves(
  halves: readonly [Volume, Volume],
  mask: Volume,
  options: HalfMapOptions = {},
): HalfMapCurves {
  const [first, second] = halves;
  checkComparable(first, second);
  checkComparable(first, mask);
  const spectra = [rfft3(first), rfft3(second)] as const;
  const unmasked = storedCorrelation(...spectra);
  const randomisedFrom = firstRandomShell(first, unmasked, options);
  const masked = storedCorrelation(rfft3(multiplied(first, mask)), rfft3(multiplied(second, mask)));
  masked[0] = positiveAtOrigin(masked[0]!);
  const draws = Array.from({ length: options.seeds ?? 5 }, (_, draw) => {
    const [a, b] = spectra.map((spectrum, half) => {
      const random = Random.of(options.seed ?? 0, "random phases", draw, half);
      const scrambled = irfft3(randomisePhases(spectrum, randomisedFrom, random), first.voxelSize);
      return rfft3(multiplied(scrambled, mask));
    });
    return storedCorrelation(a!, b!);
  });
  const shells = unmasked.length;
  const randomised = meanCurve(draws, shells);
  const correctedBySeed = draws.map((draw) => correctForMask(masked, draw, randomisedFrom));
  return {
    frequencies: shellFrequencies(first),
    unmasked,
    masked,
    randomised,
    corrected: correctForMask(masked, randomised, randomisedFrom),
    correctedSpread: Float64Array.from({ length: shells }, (_, s) =>
      standardDeviation(correctedBySeed.map((curve) => curve[s]!)),
    ),
    correctedBySeed,
    randomisedFrom,
  };
}

/** The map times the mask, voxel by voxel. */
export const multiplied = (map: Volume, mask: Volume): Volume => ({
  ...map,
  data: map.data.map((value, i) => value * mask.data[i]!),
});

const storedCorrelation = (a: VolumeSpectrum, b: VolumeSpectrum): Float64Array =>
  correlationOf(shellSums(a, b, "stored half"));

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

const meanCurve = (curves: readonly Float64Array[], shells: number): Float64Array =>
  Float64Array.from(
    { length: shells },
    (_, s) => curves.reduce((sum, curve) => sum + curve[s]!, 0) / curves.length,
  );
