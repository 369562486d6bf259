import { halfColumns } from "../spectrum/half.js";
import { MOST_BYTES } from "../wasm-memory.js";

/** Shape of a real array; an image has one section. */
export type Shape3d = readonly [sections: number, rows: number, columns: number];

/** Lines staged at a time fill about this many bytes: they stay in the second-level cache. */
const STAGE_BYTES = 1 << 18;

/** How a spectrum lies in memory: see kernels/fft.as.ts. */
export interface Layout {
  readonly half: number;
  readonly blocks: number;
  /** Lines from one section to the next; a few more than rows, so that a power of two does not crowd the cache. */
  readonly sectionLines: number;
  readonly blockBytes: number;
  /** Lines staged at a time, a multiple of eight. */
  readonly stageLines: number;
  readonly stageBytes: number;
  readonly bytes: number;
}

export function layout([sections, rows, columns]: Shape3d): Layout {
  const half = halfColumns(columns);
  const blocks = Math.ceil(half / 4);
  let sectionLines = 8 * Math.ceil(rows / 8);
  if (sections > 1 && sectionLines % 32 === 0) sectionLines += 8;
  let blockBytes = 32 * sections * sectionLines;
  if (blockBytes % 1024 === 0) blockBytes += 320;
  const wanted = 8 * Math.max(1, Math.floor(STAGE_BYTES / (32 * columns)));
  const stageLines = Math.min(wanted, 8 * Math.ceil(rows / 8));
  const stageBytes = 64 * Math.ceil((8 * half * stageLines + 64) / 64);
  return {
    half,
    blocks,
    sectionLines,
    blockBytes,
    stageLines,
    stageBytes,
    bytes: blocks * blockBytes + stageBytes,
  };
}

/** Whether an array of this shape fits into WebAssembly memory. */
export const fitsWasm = (shape: Shape3d): boolean => layout(shape).bytes <= MOST_BYTES;
