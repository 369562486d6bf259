import { storedIndex } from "../../../array/spectrum/half.js";
import type { PowerSpectrum } from "../../../array/spectrum/power.js";

/** Power at a point of the lattice over that of its surroundings. */
export interface LatticePoint {
  /** Multiples of 1/8 cycle per pixel, -4 to 4 along x and y. */
  readonly x: number;
  readonly y: number;
  readonly ratio: number;
}

export interface LatticeScore {
  /** Mean ratio over all points: 1 for an image without a lattice. */
  readonly mean: number;
  /** The largest ratio: a lattice along one direction only shows here. */
  readonly worst: LatticePoint;
  readonly points: readonly LatticePoint[];
}

/** Multiples of 1/8 cycle per pixel: where up-sampling by 2, 4 and 8 leaves its pattern. */
const PERIOD = 8;
/** Frequency samples: the window spreads a line over 2 to either side; beyond that lie the surroundings. */
const INNER = 4;
const OUTER = 8;

/**
 * The grid artefact of an up-sampling network: power at the multiples of 1/8 cycle per pixel (zero excepted) over the
 * mean of the square rings 4 to 8 frequency samples around them.
 *
 * @param power of square tiles whose size is a multiple of 8, at least 128; the ratio grows with the tile's pixels for a
 *   perfectly regular lattice, so the tile size belongs to the score
 */
export function latticeScore(power: PowerSpectrum): LatticeScore {
  const points: LatticePoint[] = [];
  for (let y = 1 - PERIOD / 2; y <= PERIOD / 2; y++) {
    for (let x = 0; x <= PERIOD / 2; x++) {
      // half of the plane is enough: the other half mirrors it
      const mirrored = (x === 0 || x === PERIOD / 2) && y < 0;
      if (mirrored || (x === 0 && y === 0)) continue;
      points.push({ x, y, ratio: peakOverSurroundings(power, x, y) });
    }
  }
  const mean = points.reduce((sum, point) => sum + point.ratio, 0) / points.length;
  const worst = points.reduce((best, point) => (point.ratio > best.ratio ? point : best));
  return { mean, worst, points };
}

function peakOverSurroundings(power: PowerSpectrum, x: number, y: number): number {
  const step = power.shape[0] / PERIOD;
  let sum = 0;
  let count = 0;
  for (let dy = -OUTER; dy <= OUTER; dy++) {
    for (let dx = -OUTER; dx <= OUTER; dx++) {
      if (Math.max(Math.abs(dx), Math.abs(dy)) < INNER) continue;
      sum += powerAt(power, x * step + dx, y * step + dy);
      count++;
    }
  }
  return (powerAt(power, x * step, y * step) * count) / sum;
}

/** Power at any pair of whole frequencies. */
const powerAt = ({ shape, data }: PowerSpectrum, x: number, y: number): number =>
  data[storedIndex(shape, x, y)]!;
