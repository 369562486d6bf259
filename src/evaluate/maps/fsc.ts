import { rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { type HalfWeights, type ShellSums, shellCount, shellSums } from "../../array/spectrum/shells.js";
import { DomainError, ShapeError } from "../../core/errors.js";

/** Fourier shell correlation, shell by shell from zero to Nyquist. */
export interface FscCurve {
  /** 1/angstrom, shell s at s / (size · voxelSize). */
  readonly frequencies: Float64Array;
  /** -1 to 1; 0 in a shell where a volume has no power. */
  readonly correlation: Float64Array;
}

/**
 * Fourier shell correlation of two cubic volumes: in each shell, the normalised sum of products of their transforms.
 * Shell s holds the frequencies whose distance from zero, in samples, rounds to s.
 *
 *   FSC(s) = Re Σ A conj(B) / sqrt(Σ |A|² Σ |B|²)
 *
 * Source: Harauz & van Heel 1986, Optik 73:146. Mask the volumes first where a masked curve is wanted.
 *
 * @param weights over the whole spectrum, or over its stored half as RELION sums (see HalfWeights)
 * @throws ShapeError unless both are cubes of one size; DomainError if their voxel sizes differ by over 0.1 %
 */
export function fourierShellCorrelation(
  a: Volume,
  b: Volume,
  weights: HalfWeights = "whole spectrum",
): FscCurve {
  checkComparable(a, b);
  return {
    frequencies: shellFrequencies(a),
    correlation: correlationOf(shellSums(rfft3(a), rfft3(b), weights)),
  };
}

/**
 * Refuses two maps that cannot be compared voxel by voxel.
 *
 * @throws ShapeError unless both are cubes of one size; DomainError if their voxel sizes differ by over 0.1 %
 */
export function checkComparable(a: Volume, b: Volume): void {
  const size = a.shape[0];
  if ([...a.shape, ...b.shape].some((n) => n !== size)) {
    throw new ShapeError("Fourier shell correlation", [a.shape, b.shape], "two cubes of one size");
  }
  if (Math.abs(a.voxelSize - b.voxelSize) > 1e-3 * a.voxelSize) {
    throw new DomainError(
      "voxel size of the second map",
      b.voxelSize,
      `${a.voxelSize} angstrom as in the first`,
    );
  }
}

/** Spatial frequency of each shell of a cubic volume, 1/angstrom. */
export const shellFrequencies = ({ shape, voxelSize }: Pick<Volume, "shape" | "voxelSize">): Float64Array =>
  Float64Array.from({ length: shellCount(shape[0]) }, (_, s) => s / (shape[0] * voxelSize));

/** The correlation in each shell; 0 where a volume has no power. */
export const correlationOf = ({ product, first, second }: ShellSums): Float64Array =>
  product.map((sum, s) => {
    const energy = Math.sqrt(first[s]! * second[s]!);
    return energy > 0 ? sum / energy : 0;
  });

/** Correlation of two half maps at which the resolution is read: Rosenthal & Henderson 2003, J. Mol. Biol. 333:721. */
export const GOLD_STANDARD = 0.143;

/** Where an FSC curve falls below a threshold. */
export interface FscResolution {
  /** Angstrom: at the first crossing, linear between shells; at Nyquist where the curve never falls below. */
  readonly resolution: number;
  /** False where the curve stays above the threshold up to Nyquist: the true resolution is then finer. */
  readonly crossed: boolean;
}

/**
 * Resolution, angstrom, at a threshold: 0.143 between half maps, 0.5 between a map and the truth. Infinity if already the first
 * shell after zero lies below.
 */
export function resolutionAt({ frequencies, correlation }: FscCurve, threshold: number): FscResolution {
  const s = firstBelow(correlation, threshold);
  if (s === correlation.length) return { resolution: 1 / frequencies[s - 1]!, crossed: false };
  if (s === 1) return { resolution: Number.POSITIVE_INFINITY, crossed: true };
  const before = correlation[s - 1]!;
  const part = (before - threshold) / (before - correlation[s]!);
  const at = frequencies[s - 1]! + part * (frequencies[s]! - frequencies[s - 1]!);
  return { resolution: 1 / at, crossed: true };
}

/**
 * Number of the last shell before the curve first falls below the threshold, as RELION reports resolutions: no value between
 * shells. 0 where already the first shell after zero lies below.
 */
export const lastGoodShell = (correlation: Float64Array, threshold: number): number =>
  firstBelow(correlation, threshold) - 1;

/** First shell after zero that lies below the threshold; the number of shells where none does. */
function firstBelow(correlation: Float64Array, threshold: number): number {
  for (let s = 1; s < correlation.length; s++) if (correlation[s]! < threshold) return s;
  return correlation.length;
}

/** Area under the curve over frequency as a fraction of Nyquist: the mean correlation, zero frequency left out. */
export function fscArea({ correlation }: FscCurve): number {
  let sum = 0;
  for (let s = 1; s < correlation.length; s++) sum += correlation[s]!;
  return sum / (correlation.length - 1);
}
