import { ShapeError } from "../core/errors.js";
import { gridSide, gridWidth, type ReconstructionGrid } from "./grid.js";

/**
 * What back-projection adds up, before anything is divided: half a padded transform, x from 0 to reach + 1, y and z from
 * -reach - 1 to reach + 1; the sample at (x, y, z) is number ((z + reach + 1) side + y + reach + 1) width + x, width and side by
 * `gridWidth` and `gridSide`. Plain data. Sums of different particles can be added to each other.
 */
export interface FourierSums {
  readonly grid: ReconstructionGrid;
  /** Sum of CTF times image, interleaved re, im. */
  readonly data: Float32Array;
  /** Sum of squared CTFs. */
  readonly weight: Float32Array;
}

export function emptySums(grid: ReconstructionGrid): FourierSums {
  const count = gridWidth(grid) * gridSide(grid) ** 2;
  return { grid, data: zeros(2 * count), weight: zeros(count) };
}

/** In shared memory, where there is any: sums of 100 MB go from thread to thread without a copy. */
function zeros(count: number): Float32Array {
  const hasSharedMemory = typeof SharedArrayBuffer !== "undefined";
  return new Float32Array(hasSharedMemory ? new SharedArrayBuffer(4 * count) : new ArrayBuffer(4 * count));
}

/**
 * Adds `more` to `sums`, in place.
 *
 * @throws ShapeError where their grids differ
 */
export function addSums(sums: FourierSums, more: FourierSums): void {
  const { grid } = sums;
  const keys = ["box", "voxelSize", "padded", "radius"] as const;
  if (keys.some((key) => grid[key] !== more.grid[key])) {
    const show = (g: ReconstructionGrid): number[] => keys.map((key) => g[key]);
    throw new ShapeError("addSums: box, voxel size, padded size, radius", show(more.grid), `${show(grid)}`);
  }
  accumulate(sums.data, more.data);
  accumulate(sums.weight, more.weight);
}

function accumulate(to: Float32Array, from: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
}
