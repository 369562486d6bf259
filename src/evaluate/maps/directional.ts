import { rfft3 } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { halfWeight } from "../../array/spectrum/half.js";
import { shellCount, shellOf, visitHalfSpectrum } from "../../array/spectrum/shells.js";
import { type FscResolution, fourierShellCorrelation, GOLD_STANDARD, resolutionAt } from "./fsc.js";

/** A unit vector in Fourier space, along x, y and z. */
type Direction = readonly [x: number, y: number, z: number];

/** The correlation of two half maps in one direction of Fourier space. */
export interface DirectionalCurve {
  readonly direction: Direction;
  readonly correlation: Float64Array;
  readonly resolution: FscResolution;
  /** Area under the curve up to where it falls below 0.143, in shells. */
  readonly area: number;
}

export interface Anisotropy {
  /** 1/angstrom. */
  readonly frequencies: Float64Array;
  readonly curves: readonly DirectionalCurve[];
  /** Least over largest area: 1 for a map alike in all directions, 0 where none correlates. */
  readonly areaRatio: number;
}

/** Half the opening angle of the cones, degrees: Tan et al. 2017. */
const CONE = 20;

/**
 * Fourier shell correlations in cones about directions, and the ratio of their least area to their largest: near 1 for a map
 * resolved alike in all directions, below about 0.5 where views are missing. A cone and its opposite are one.
 *
 * Source: Tan et al. 2017, Nat. Methods 14:793, for the cones of 20 degrees; cryoSPARC's cFAR is the same ratio, with areas
 * of its own definition. Here a curve counts up to where it falls below 0.143, so that noise beyond adds nothing.
 *
 * @param directions unit vectors of the cones' axes
 * @throws ShapeError, DomainError for maps that do not fit together
 */
export function directionalCorrelation(
  [first, second]: readonly [Volume, Volume],
  directions: readonly Direction[],
): Anisotropy {
  const all = fourierShellCorrelation(first, second);
  const { frequencies } = all;
  const sums = coneSums(first, second, directions);
  const curves = directions.map((direction, d): DirectionalCurve => {
    const correlation = all.correlation.map((overall, s) => {
      const at = 3 * (d * frequencies.length + s);
      const energy = Math.sqrt(sums[at + 1]! * sums[at + 2]!);
      // a cone meets no coefficient of the innermost shells
      return energy > 0 ? sums[at]! / energy : overall;
    });
    const resolution = resolutionAt({ frequencies, correlation }, GOLD_STANDARD);
    return { direction, correlation, resolution, area: areaOf(correlation) };
  });
  const areas = curves.map(({ area }) => area);
  const largest = Math.max(...areas);
  return { frequencies, curves, areaRatio: largest > 0 ? Math.min(...areas) / largest : 0 };
}

/** Product and both energies, by direction and shell. */
function coneSums(first: Volume, second: Volume, directions: readonly Direction[]): Float64Array {
  const size = first.shape[0];
  const shells = shellCount(size);
  const [a, b] = [rfft3(first).data, rfft3(second).data];
  const flat = Float64Array.from(directions.flat());
  const least = Math.cos((CONE * Math.PI) / 180) ** 2;
  const sums = new Float64Array(3 * directions.length * shells);
  visitHalfSpectrum(size, (at, squared, kx, ky, kz) => {
    const shell = shellOf(squared);
    if (shell === 0 || shell >= shells) return;
    const weight = halfWeight(kx, size);
    const product = weight * (a[at]! * b[at]! + a[at + 1]! * b[at + 1]!);
    const energyA = weight * (a[at]! ** 2 + a[at + 1]! ** 2);
    const energyB = weight * (b[at]! ** 2 + b[at + 1]! ** 2);
    for (let d = 0; d < flat.length; d += 3) {
      const along = kx * flat[d]! + ky * flat[d + 1]! + kz * flat[d + 2]!;
      if (along * along < least * squared) continue;
      const to = d * shells + 3 * shell;
      sums[to]! += product;
      sums[to + 1]! += energyA;
      sums[to + 2]! += energyB;
    }
  });
  return sums;
}

function areaOf(correlation: Float64Array): number {
  const end = correlation.findIndex((value, s) => s > 0 && value < GOLD_STANDARD);
  return correlation.slice(1, end < 0 ? undefined : end).reduce((sum, value) => sum + value, 0);
}
