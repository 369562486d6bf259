import { type Layout, layout } from "../array/fft/layout.js";
import { wrappedIndex } from "../array/spectrum/half.js";
import { griddingWasm } from "../array/wasm.generated.js";
import { instantiate, type Memory, MOST_BYTES, PlannedMemory } from "../array/wasm-memory.js";
import { eachRow, type ReconstructionGrid } from "./grid.js";

/** Functions of kernels/gridding.as.ts and of those of fft.as.ts that it passes on. Addresses and counts are whole numbers. */
interface Kernels {
  readonly memory: Memory;
  spread(
    ...args: [
      ...[weights: number, factors: number, pairs: number, n: number],
      ...[to: number, sectionBytes: number, plan: number, line: number, work: number],
    ]
  ): void;
  gather(
    ...args: [
      ...[from: number, sectionBytes: number, factors: number, pairs: number, n: number],
      ...[least: number, most: number, plan: number, line: number, work: number],
    ]
  ): void;
  multiplySection(
    ...args: [
      ...[blocks: number, blockBytes: number, n: number, squared: number, table: number, limit: number],
      ...[plan: number, stage: number, lines: number, scale: number, work: number],
    ]
  ): void;
  transformGroups(
    ...args: [plan: number, at: number, count: number, groupBytes: number, stride: number, work: number]
  ): void;
}

/** What of the grid is computed. */
interface Extent extends Layout {
  readonly n: number;
  /** Blocks of four columns, and pairs of rows, that have samples within the reach. */
  readonly used: number;
  readonly pairs: number;
  /** Bytes of the samples of a block. */
  readonly samples: number;
}

function extentOf({ padded: n, reach }: ReconstructionGrid): Extent {
  const planned = layout([n / 2 + 1, n, n]);
  const pairs = Math.min(n / 2, reach);
  return { ...planned, n, pairs, used: Math.ceil(reach / 4), samples: 32 * pairs * n };
}

const bytesOf = ({ used, samples, bytes }: Extent): number => 2 * used * samples + bytes;

/** Whether the samples of a grid fit into WebAssembly memory. */
export const fitsConvolver = (grid: ReconstructionGrid): boolean => bytesOf(extentOf(grid)) <= MOST_BYTES;

/** How `iterate` goes on. */
export interface IterationLimits {
  /** Convolved weights count as at least this much, and inverse weights at most that. */
  readonly least: number;
  readonly most: number;
}

/**
 * Inverse weights, found by iterations of w = w / |blob * (w weight)| from 1: as the plain loop in gridding.ts, at half its
 * transforms, because weights of a real map are real and even.
 *
 * @param ofSquare the blob's transform by squared distance in voxels of the padded box
 * @returns in the order of `weight`, 0 from the reach on
 */
export function iterateInverse(
  weight: Float32Array,
  grid: ReconstructionGrid,
  ofSquare: Float32Array,
  iterations: number,
  { least, most }: IterationLimits,
): Float32Array {
  const kernels = instantiate<Kernels>(griddingWasm);
  const memory = new PlannedMemory(kernels.memory);
  const extent = extentOf(grid);
  const { n, used, pairs, samples, blocks, blockBytes, sectionLines, stageLines } = extent;
  const { address: plan, workBytes } = memory.plan(n);
  const weights = memory.allocate(used * samples);
  const factors = memory.allocate(used * samples);
  const at = memory.allocate(blocks * blockBytes + 256);
  const table = memory.allocate(4 * ofSquare.length);
  const stage = memory.allocate(extent.stageBytes + 64);
  const line = memory.allocate(32 * n + 64);
  const work = memory.allocate(32 * n + 128 + workBytes + 256);
  const { floats } = memory.views;
  floats.set(ofSquare, table / 4);
  const placeOf = (y: number, z: number): number =>
    (Math.abs(y) * n + wrappedIndex(z, n)) * 8 + (y < 0 ? 0 : 4);
  eachRow(grid, (start, last, y, z) => {
    const row = placeOf(y, z);
    for (let x = 0; x <= last; x++) {
      const to = ((x >> 2) * samples) / 4 + row + (x & 3);
      floats[weights / 4 + to] = weight[start + x]!;
      floats[factors / 4 + to] = 1;
    }
  });
  const sectionBytes = 32 * sectionLines;
  const sections = n / 2 + 1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let b = 0; b < used; b++) {
      const to = at + b * blockBytes;
      const own = b * samples;
      kernels.spread(weights + own, factors + own, pairs, n, to, sectionBytes, plan, line, work);
      kernels.transformGroups(plan, to, sections, sectionBytes, 32, work);
    }
    floats.fill(0, (at + used * blockBytes) / 4, (at + blocks * blockBytes) / 4);
    for (let z = 0; z < sections; z++) {
      const from = at + z * sectionBytes;
      kernels.multiplySection(
        ...([from, blockBytes, n, z * z, table, ofSquare.length] as const),
        ...([plan, stage, stageLines, 1 / n ** 3, work] as const),
      );
    }
    for (let b = 0; b < used; b++) {
      const from = at + b * blockBytes;
      kernels.transformGroups(plan, from, sections, sectionBytes, 32, work);
      kernels.gather(from, sectionBytes, factors + b * samples, pairs, n, least, most, plan, line, work);
    }
  }
  const inverse = new Float32Array(weight.length);
  eachRow(grid, (start, last, y, z) => {
    const row = factors / 4 + placeOf(y, z);
    for (let x = 0; x <= last; x++) inverse[start + x] = floats[row + ((x >> 2) * samples) / 4 + (x & 3)]!;
  });
  return inverse;
}
