import type { Memory } from "../../array/wasm-memory.js";

type Rectangle = readonly [rows: number, columns: number];
type Pair = readonly [of: number, stride: number, on: number, onStride: number];

/** Functions of kernels/canvas.as.ts and those of fft.as.ts that it passes on. Addresses and counts are whole numbers. */
export interface CanvasKernels {
  readonly memory: Memory;
  addImage(
    ...args: [
      image: number,
      window: number,
      stride: number,
      canvas: number,
      canvasStride: number,
      ...Rectangle,
    ]
  ): void;
  addCounts(...args: [...Pair, ...Rectangle]): void;
  countAbove(...args: [...Pair, ...Rectangle, level: number]): number;
  maskRow(counts: number, to: number, columns: number): void;
  widenRow(
    ...args: [row: number, columns: number, first: number, second: number, fractions: number, to: number]
  ): void;
  multiplyRow(row: number, columns: number, above: number, below: number, fraction: number): void;
  filterColumns(
    ...args: [
      ...[plan: number, blocks: number, count: number, blockBytes: number, rows: number, work: number],
      ...[optics: number, ky: number, rowWeights: number, columnWeights: number],
    ]
  ): void;
  forwardRows(
    ...args: [
      ...[plan: number, stage: number, columns: number, lines: number],
      ...[blocks: number, blockBytes: number, work: number],
    ]
  ): void;
  inverseRows(
    ...args: [
      ...[plan: number, blocks: number, blockBytes: number, lines: number, stage: number],
      ...[columns: number, scale: number, work: number],
    ]
  ): void;
}
