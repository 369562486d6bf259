import { mean } from "../../array/statistics.js";

/** The resolution of a map of so many particles. */
export interface NumberResolution {
  readonly particles: number;
  /** Angstrom. */
  readonly resolution: number;
}

/** How resolution grows with the number of particles. */
export interface NumberFit {
  /** Of the line 1/d² = intercept + slope ln(N d): N particles, d the resolution in angstrom. */
  readonly slope: number;
  readonly intercept: number;
  /** Angstrom²: 2 / slope. */
  readonly bFactor: number;
  /** Angstrom²: 2 / slope of 1/d² over ln N, as RELION's bfactor_plot.py has it. Larger by about d². */
  readonly plainBFactor: number;
}

/**
 * The B factor by which the signal falls off, from the number of particles that a resolution takes:
 *
 *   N = c / d · exp(B / 2d²)
 *
 * Source: Rosenthal & Henderson 2003, J. Mol. Biol. 333:721, where c holds the contrast and the number of asymmetric units. The slope is
 * that of least squares.
 *
 * @returns undefined for fewer than three numbers of particles, or a resolution that does not grow with them
 */
export function fitNumberOfParticles(points: readonly NumberResolution[]): NumberFit | undefined {
  if (new Set(points.map(({ particles }) => particles)).size < 3) return undefined;
  const y = points.map(({ resolution }) => 1 / resolution ** 2);
  const whole = lineThrough(
    points.map(({ particles, resolution }) => Math.log(particles * resolution)),
    y,
  );
  const plain = lineThrough(
    points.map(({ particles }) => Math.log(particles)),
    y,
  );
  if (!(whole.slope > 0 && plain.slope > 0)) return undefined;
  return { ...whole, bFactor: 2 / whole.slope, plainBFactor: 2 / plain.slope };
}

/** How many particles a resolution (angstrom) takes by a fit. */
export const particlesFor = (resolution: number, { slope, intercept }: NumberFit): number =>
  Math.exp((1 / resolution ** 2 - intercept) / slope) / resolution;

function lineThrough(x: readonly number[], y: readonly number[]): Pick<NumberFit, "slope" | "intercept"> {
  const [middleX, middleY] = [mean(x), mean(y)];
  let [xx, xy] = [0, 0];
  for (const [i, value] of x.entries()) {
    xx += (value - middleX) ** 2;
    xy += (value - middleX) * (y[i]! - middleY);
  }
  const slope = xy / xx;
  return { slope, intercept: middleY - slope * middleX };
}
