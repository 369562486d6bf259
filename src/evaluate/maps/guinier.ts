import { shellCount, shellOf, type VolumeSpectrum, visitHalfSpectrum } from "../../array/spectrum/shells.js";

/** Logarithm of the mean amplitude in each shell, over the square of its frequency. */
export interface GuinierPlot {
  /** 1/angstrom². */
  readonly resolutionSquared: Float64Array;
  /** ln of the mean of |F| / voxels; -99 in a shell without power, as RELION writes it. */
  readonly logAmplitude: Float64Array;
}

/** What stands for the logarithm of nothing. */
export const NO_AMPLITUDE = -99;

/** The Guinier plot of a spectrum of a cube, every stored coefficient counted once, as in relion_postprocess. */
export function guinierPlot({ data, shape }: VolumeSpectrum, voxelSize: number): GuinierPlot {
  const size = shape[0];
  const shells = shellCount(size);
  const sums = new Float64Array(shells);
  const counts = new Float64Array(shells);
  visitHalfSpectrum(size, (at, squared) => {
    const shell = shellOf(squared);
    if (shell >= shells) return;
    sums[shell]! += Math.sqrt(data[at]! ** 2 + data[at + 1]! ** 2);
    counts[shell]!++;
  });
  return {
    resolutionSquared: Float64Array.from(sums, (_, s) => (s / (size * voxelSize)) ** 2),
    logAmplitude: sums.map((sum, s) => (sum > 0 ? Math.log(sum / counts[s]! / size ** 3) : NO_AMPLITUDE)),
  };
}

/** A line through two points says nothing of how well they lie on it. */
const LEAST_SHELLS = 3;

/** A straight line through part of a Guinier plot. */
export interface GuinierFit {
  /** Angstrom². The B factor that makes the line flat is 4 times this. */
  readonly slope: number;
  readonly intercept: number;
  /** Shells that were fitted. */
  readonly shells: number;
  /** Square of the correlation of the points with the line, which RELION calls its correlation. */
  readonly correlation: number;
}

/**
 * The line through the shells between two resolutions; those without power are left out. With fewer than three shells to
 * fit the slope is 0.
 *
 * @param lowest angstrom, where the line begins; @param highest angstrom, where it ends; 0: at Nyquist
 *
 * Source: Rosenthal & Henderson 2003, J. Mol. Biol. 333:721: ln F falls as -B / 4 d² beyond about 10 angstrom.
 */
export function fitGuinier(plot: GuinierPlot, lowest: number, highest: number): GuinierFit {
  const used = Array.from(plot.resolutionSquared, (x, s) => ({ x, y: plot.logAmplitude[s]! })).filter(
    ({ x, y }) => x >= 1 / lowest ** 2 && (highest === 0 || x <= 1 / highest ** 2) && y > NO_AMPLITUDE,
  );
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    used.reduce((sum, point) => sum + of(point), 0) / used.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const xx = mean((p) => (p.x - x) ** 2);
  const yy = mean((p) => (p.y - y) ** 2);
  const xy = mean((p) => (p.x - x) * (p.y - y));
  const shells = used.length;
  if (shells < LEAST_SHELLS) return { slope: 0, intercept: 0, correlation: 0, shells };
  return { slope: xy / xx, intercept: y - (xy / xx) * x, correlation: (xy * xy) / (xx * yy), shells };
}
