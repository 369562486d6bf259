import { eachRow, type ReconstructionGrid } from "./grid.js";

/** Share of its shell's mean that a weight counts at least: relion_reconstruct --skip_gridding. */
const LEAST_SHARE = 1e-3;

/** 1 / weight, weights floored at a thousandth of the mean of their shell (floor of the radius, in steps of the map). */
export function flooredInverse(weight: Float32Array, grid: ReconstructionGrid): Float32Array {
  const means = shellMeans(weight, grid, (radius) => Math.floor(radius / grid.step));
  const inverse = new Float32Array(weight.length);
  eachRow(grid, (start, last, y, z) => {
    for (let x = 0; x <= last; x++) {
      const shell = Math.floor(Math.sqrt(x * x + y * y + z * z) / grid.step);
      const value = Math.max(weight[start + x]!, LEAST_SHARE * means[shell]!);
      if (value > 0) inverse[start + x] = 1 / value;
    }
  });
  return inverse;
}

/**
 * Adds to the weights of each shell their mean over its signal-to-noise ratio, in place: dividing by them then is Wiener's filter.
 *
 * @param signalToNoise at a frequency, 1/angstrom
 */
export function addWienerTerm(
  weight: Float32Array,
  grid: ReconstructionGrid,
  signalToNoise: (frequency: number) => number,
): void {
  const shellOf = (radius: number): number => Math.round(radius / grid.step);
  const terms = shellMeans(weight, grid, shellOf).map(
    (mean, shell) => mean / signalToNoise(shell / (grid.box * grid.voxelSize)),
  );
  eachRow(grid, (start, last, y, z) => {
    for (let x = 0; x <= last; x++) weight[start + x]! += terms[shellOf(Math.sqrt(x * x + y * y + z * z))]!;
  });
}

function shellMeans(
  weight: Float32Array,
  grid: ReconstructionGrid,
  shellOf: (radius: number) => number,
): Float64Array {
  const shells = Math.ceil(grid.reach / grid.step) + 1;
  const sums = new Float64Array(shells);
  const counts = new Float64Array(shells);
  eachRow(grid, (start, last, y, z) => {
    for (let x = 0; x <= last; x++) {
      const shell = shellOf(Math.sqrt(x * x + y * y + z * z));
      sums[shell]! += weight[start + x]!;
      counts[shell]! += 1;
    }
  });
  return sums.map((sum, shell) => (counts[shell]! > 0 ? sum / counts[shell]! : 0));
}

/**
 * Signal-to-noise ratio of the sum of two halves whose maps correlate so: F / (1 - F), F = sqrt(2 FSC / (1 + FSC)), FSC at
 * least 0.001 and F at most 0.999. Source: Rosenthal & Henderson 2003, J. Mol. Biol. 333:721; limits as relion_reconstruct --fsc.
 */
export function signalToNoiseOfFsc(fsc: number): number {
  const bounded = Math.max(0.001, fsc);
  const f = Math.min(0.999, Math.sqrt((2 * bounded) / (1 + bounded)));
  return f / (1 - f);
}
