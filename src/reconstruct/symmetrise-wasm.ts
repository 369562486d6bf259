import { symmetriseWasm } from "../array/wasm.generated.js";
import { instantiate, type Memory, MOST_BYTES, PlannedMemory } from "../array/wasm-memory.js";
import type { RotationMatrix } from "../core/rotation.js";
import { bricksOf, writeBricks } from "./bricks.js";
import { gridSide, gridWidth, type ReconstructionGrid } from "./grid.js";
import type { FourierSums } from "./sums.js";

/** Functions of kernels/symmetrise.as.ts. Addresses and counts are whole numbers. */
interface Kernels {
  readonly memory: Memory;
  useVolume(at: number, bricksAcross: number, bricksDown: number, zero: number): void;
  symmetriseRow(
    ...args: [y: number, z: number, samples: number, operators: number, count: number, out: number]
  ): void;
}

/** Whether the sums of a grid fit into WebAssembly memory. */
export const fitsSymmetriser = (grid: ReconstructionGrid): boolean => bricksOf(grid).bytes <= MOST_BYTES;

/**
 * Adds to each sample of `sums` within the reach those that the operators bring there, in place: as addRotated of symmetrise.ts for
 * one operator after the other, to a few millionths.
 *
 * @param operators without the identity
 */
export function addSymmetric(sums: FourierSums, operators: readonly RotationMatrix[]): void {
  const { grid, data, weight } = sums;
  const kernels = instantiate<Kernels>(symmetriseWasm);
  const memory = new PlannedMemory(kernels.memory);
  const { across, down, bytes } = bricksOf(grid);
  const { reach } = grid;
  const width = gridWidth(grid);
  const side = gridSide(grid);
  const bricks = memory.allocate(bytes);
  const matrices = memory.allocate(72 * operators.length);
  const out = memory.allocate(16 * width);
  writeBricks(memory.views.floats.subarray(bricks / 4, (bricks + bytes) / 4), sums);
  new Float64Array(memory.buffer, matrices, 9 * operators.length).set(operators.flat());
  kernels.useVolume(bricks, across, down, reach + 1);
  const row = memory.views.floats.subarray(out / 4, out / 4 + 4 * width);
  for (let z = -reach; z <= reach; z++) {
    for (let y = -reach; y <= reach; y++) {
      const inside = reach * reach - z * z - y * y;
      if (inside < 0) continue;
      const samples = Math.floor(Math.sqrt(inside)) + 1;
      kernels.symmetriseRow(y, z, samples, matrices, operators.length, out);
      const start = ((z + reach + 1) * side + y + reach + 1) * width;
      for (let x = 0; x < samples; x++) {
        data[2 * (start + x)] = row[4 * x]!;
        data[2 * (start + x) + 1] = row[4 * x + 1]!;
        weight[start + x] = row[4 * x + 2]!;
      }
    }
  }
}
