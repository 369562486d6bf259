import { gridSide, gridWidth, type ReconstructionGrid } from "./grid.js";
import type { FourierSums } from "./sums.js";

/** As kernels/insert.as.ts and symmetrise.as.ts have them: 8 x 8 x 8 voxels of re, im, weight and nothing, x fastest. */
const CELLS = 8;
const VOXEL_FLOATS = 4;
const BRICK_FLOATS = VOXEL_FLOATS * CELLS ** 3;

/** How many bricks hold the sums of a grid: along x, along y and z, and the bytes of all. */
export interface Bricks {
  readonly across: number;
  readonly down: number;
  readonly bytes: number;
}

export function bricksOf(grid: ReconstructionGrid): Bricks {
  const across = Math.ceil(gridWidth(grid) / CELLS);
  const down = Math.ceil(gridSide(grid) / CELLS);
  return { across, down, bytes: 4 * across * down * down * BRICK_FLOATS };
}

/** Visits the runs of voxels of a row that lie together: number of the first in the sums, of its first float in the bricks, voxels. */
function eachRun(grid: ReconstructionGrid, visit: (voxel: number, at: number, count: number) => void): void {
  const { across, down } = bricksOf(grid);
  const width = gridWidth(grid);
  const side = gridSide(grid);
  for (let z = 0, row = 0; z < side; z++) {
    for (let y = 0; y < side; y++, row += width) {
      const brickRow = ((z >> 3) * down + (y >> 3)) * across;
      const inBrick = ((z & 7) * CELLS + (y & 7)) * CELLS * VOXEL_FLOATS;
      for (let x = 0; x < width; x += CELLS) {
        visit(row + x, (brickRow + (x >> 3)) * BRICK_FLOATS + inBrick, Math.min(CELLS, width - x));
      }
    }
  }
}

/** Sums out of bricks. */
export function readBricks(bricks: Float32Array, { grid, data, weight }: FourierSums): void {
  eachRun(grid, (voxel, at, count) => {
    for (let i = 0; i < count; i++) {
      const from = at + VOXEL_FLOATS * i;
      data[2 * (voxel + i)] = bricks[from]!;
      data[2 * (voxel + i) + 1] = bricks[from + 1]!;
      weight[voxel + i] = bricks[from + 2]!;
    }
  });
}

/** Sums into bricks. */
export function writeBricks(bricks: Float32Array, { grid, data, weight }: FourierSums): void {
  eachRun(grid, (voxel, at, count) => {
    for (let i = 0; i < count; i++) {
      const to = at + VOXEL_FLOATS * i;
      bricks[to] = data[2 * (voxel + i)]!;
      bricks[to + 1] = data[2 * (voxel + i) + 1]!;
      bricks[to + 2] = weight[voxel + i]!;
    }
  });
}
