import { FormatError } from "../../core/errors.js";
import type { PngChunk } from "./chunks.js";

/** The first chunk of a PNG file. */
export interface PngHeader {
  readonly columns: number;
  readonly rows: number;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** In the seven passes of Adam7. */
  readonly isInterlaced: boolean;
}

/** Samples of a pixel as stored, by colour type. */
export const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** @throws FormatError for a chunk that is no IHDR, or values that PNG does not define */
export function readPngHeader({ type, data }: PngChunk, path: string): PngHeader {
  const fail = (at: string, found: unknown, expected: string): never => {
    throw new FormatError(path, at, found, expected);
  };
  if (type !== "IHDR" || data.length !== 13)
    fail("first chunk", `${type} of ${data.length} bytes`, "IHDR of 13 bytes");
  const view = new DataView(data.buffer, data.byteOffset, 13);
  const [columns, rows] = [view.getUint32(0), view.getUint32(4)];
  if (columns < 1 || rows < 1 || columns > 0x7fffffff || rows > 0x7fffffff) {
    fail("IHDR width and height", [columns, rows], "two positive counts");
  }
  const [bitDepth, colourType, compression, filter, interlace] = [...data.subarray(8)] as number[];
  if (!BIT_DEPTHS[colourType!]?.includes(bitDepth!)) {
    fail("IHDR bit depth and colour type", [bitDepth, colourType], "a pair that PNG defines");
  }
  if (compression !== 0 || filter !== 0)
    fail("IHDR compression and filter", [compression, filter], "0 and 0");
  if (interlace! > 1) fail("IHDR interlace", interlace, "0 or 1");
  return { columns, rows, bitDepth, colourType, isInterlaced: interlace === 1 } as PngHeader;
}

/** The 13 bytes of an IHDR chunk. */
export function encodePngHeader({
  columns,
  rows,
  bitDepth,
  colourType,
  isInterlaced,
}: PngHeader): Uint8Array {
  const out = new Uint8Array(13);
  const view = new DataView(out.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  out[8] = bitDepth;
  out[9] = colourType;
  out[12] = isInterlaced ? 1 : 0;
  return out;
}
