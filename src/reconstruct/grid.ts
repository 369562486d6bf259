import { halfColumns, wrappedIndex } from "../array/spectrum/half.js";
import { inRange, integerInRange } from "../core/check.js";

/** The Fourier grid on which a map is reconstructed. Plain data, so that it can be sent to workers. */
export interface ReconstructionGrid {
  /** Voxels along each axis of the map. */
  readonly box: number;
  /** Angstrom. */
  readonly voxelSize: number;
  /** Samples along each axis of the padded transform, even. */
  readonly padded: number;
  /** Samples of the padded transform per frequency step of the map. */
  readonly step: number;
  /** Highest frequency that is reconstructed, in frequency steps of the map: at most Nyquist. */
  readonly radius: number;
  /** The same in samples of the padded transform, a whole number. */
  readonly reach: number;
}

export interface GridOptions {
  /** Voxels along each axis of the map. */
  readonly box: number;
  /** Angstrom. */
  readonly voxelSize: number;
  /** Factor of zero padding; default 2, as RELION. */
  readonly padding?: number;
  /** Angstrom: finest detail that is reconstructed; default twice the voxel size, which is Nyquist. */
  readonly finest?: number;
}

/** @throws DomainError for a size, voxel size, padding (1 to 4) or resolution without meaning */
export function reconstructionGrid({ box, voxelSize, padding = 2, finest }: GridOptions): ReconstructionGrid {
  integerInRange("box of the map", box, 8, 4096);
  inRange("voxel size of the map", voxelSize, "angstrom", 1e-3, 1e3);
  inRange("padding", padding, "", 1, 4);
  // exactly that many times the box, as RELION has it: a step of the map is a whole number of samples at the default
  const padded = 2 * Math.ceil((padding * box) / 2);
  const step = padded / box;
  const nyquist = 2 * voxelSize;
  const limit =
    finest === undefined ? nyquist : Math.max(nyquist, inRange("finest detail", finest, "angstrom", 0, 1e4));
  const radius = Math.min(box / 2, (box * voxelSize) / limit);
  return { box, voxelSize, padded, step, radius, reach: Math.round(radius * step) };
}

/** Samples kept along x, and along y and z: one beyond the reach on each side, into which the last samples spread. */
export const gridWidth = ({ reach }: ReconstructionGrid): number => reach + 2;
export const gridSide = ({ reach }: ReconstructionGrid): number => 2 * reach + 3;

/**
 * Visits the rows of samples nearer to zero than the reach: place of the sample at x = 0 (see FourierSums), the last x that is
 * nearer, y and z.
 */
export function eachRow(
  grid: ReconstructionGrid,
  visit: (start: number, last: number, y: number, z: number) => void,
): void {
  const { reach } = grid;
  const width = gridWidth(grid);
  const side = gridSide(grid);
  for (let z = -reach; z <= reach; z++) {
    for (let y = -reach; y <= reach; y++) {
      const last = lastWithin(reach * reach - y * y - z * z);
      if (last >= 0) visit(((z + reach + 1) * side + y + reach + 1) * width, last, y, z);
    }
  }
}

/** The largest whole x with x² below a limit, -1 for none. */
export function lastWithin(limit: number): number {
  if (limit <= 0) return -1;
  const x = Math.floor(Math.sqrt(limit));
  return x * x < limit ? x : x - 1;
}

/** Place of the row (y, z) in a half spectrum of the padded transform in the order of rfft3, in floats. */
export function halfSpectrumRow({ padded }: ReconstructionGrid, y: number, z: number): number {
  const row = wrappedIndex(z, padded) * padded + wrappedIndex(y, padded);
  return 2 * row * halfColumns(padded);
}
