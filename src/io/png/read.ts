import type { Image } from "../../array/image.js";
import { FormatError, UnsupportedError } from "../../core/errors.js";
import { inflateZlib } from "../bytes/inflate.js";
import { type PngChunk, readPngChunks } from "./chunks.js";

/** A decoded PNG: `channels` samples a pixel, row by row; palettes are looked up, 1 to 4-bit greys keep their values. */
export interface PngImage {
  readonly shape: readonly [rows: number, columns: number];
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits of a sample: greys reach 2^bitDepth - 1. */
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly samples: Uint8Array | Uint16Array;
}

interface PngHeader {
  readonly columns: number;
  readonly rows: number;
  readonly bitDepth: PngImage["bitDepth"];
  readonly colourType: 0 | 2 | 3 | 4 | 6;
}

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Reads a grey picture (1, 2, 4, 8 or 16 bits) with its values as they are stored: 0 or 1 for a mask, 0 to 255, 0 to 65535.
 * @param colour what to do with RGB: refuse it (default), or take its luminance (Rec. 601; exact where R = G = B)
 * @throws FormatError for a damaged file or, by default, for colour; UnsupportedError for interlacing
 */
export function readPng(bytes: Uint8Array, path: string, colour: "refuse" | "luminance" = "refuse"): Image {
  const { shape, channels, samples } = decodePng(bytes, path);
  if (channels === 1) return { data: Float32Array.from(samples), shape };
  if (colour === "refuse") {
    const found = channels === 2 ? "grey with transparency" : "colour";
    throw new FormatError(path, "IHDR colour type", found, "grey");
  }
  const data = new Float32Array(shape[0] * shape[1]);
  for (let i = 0; i < data.length; i++) {
    const red = samples[i * channels]!;
    const green = channels === 2 ? red : samples[i * channels + 1]!;
    const blue = channels === 2 ? red : samples[i * channels + 2]!;
    data[i] = red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { data, shape };
}

/** Decodes any PNG that is not interlaced. Throws FormatError for a damaged file, UnsupportedError for interlacing. */
export function decodePng(bytes: Uint8Array, path: string): PngImage {
  const chunks = readPngChunks(bytes, path);
  const header = readHeader(chunks[0]!, path);
  const unknown = chunks.find(({ type }) => /^[A-Z]/.test(type) && !/^(IHDR|PLTE|IDAT|IEND)$/.test(type));
  if (unknown)
    throw new UnsupportedError(
      `${path}: chunk: found ${unknown.type}, which is needed to show the file, expected chunks of PNG 1.2`,
    );
  const { rows, columns, bitDepth, colourType } = header;
  const channels = CHANNELS[colourType];
  const rowBytes = Math.ceil((columns * channels * bitDepth) / 8);
  const raw = inflateZlib(joinData(chunks), { size: rows * (rowBytes + 1), path, at: "IDAT" });
  const lines = unfilter(raw, rows, rowBytes, Math.max(1, (channels * bitDepth) >> 3), path);
  const samples = unpack(lines, header, rowBytes);
  if (colourType !== 3) return { shape: [rows, columns], channels, bitDepth, samples };
  return lookUp(samples as Uint8Array, header, chunks.find(({ type }) => type === "PLTE")?.data, path);
}

function readHeader({ type, data }: PngChunk, path: string): PngHeader {
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
  if (interlace !== 0)
    throw new UnsupportedError(`${path}: IHDR, interlace: found ${interlace}, expected 0: not interlaced`);
  return { columns, rows, bitDepth, colourType } as PngHeader;
}

function joinData(chunks: readonly PngChunk[]): Uint8Array {
  const parts = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Undoes the row filters (PNG specification, section 9). `step` is the distance in bytes to the pixel on the left. */
function unfilter(raw: Uint8Array, rows: number, rowBytes: number, step: number, path: string): Uint8Array {
  const out = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const filter = raw[row * (rowBytes + 1)]!;
    if (filter > 4) throw new FormatError(path, `row ${row}, filter`, filter, "0 to 4");
    const from = row * (rowBytes + 1) + 1;
    const to = row * rowBytes;
    for (let i = 0; i < rowBytes; i++) {
      const left = i >= step ? out[to + i - step]! : 0;
      const up = row > 0 ? out[to + i - rowBytes]! : 0;
      const corner = row > 0 && i >= step ? out[to + i - rowBytes - step]! : 0;
      out[to + i] = raw[from + i]! + predict(filter, left, up, corner);
    }
  }
  return out;
}

/** What a row filter adds to a byte, from its neighbours. */
export function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [fromLeft, fromUp, fromCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - up),
    Math.abs(guess - corner),
  ];
  if (fromLeft <= fromUp && fromLeft <= fromCorner) return left;
  return fromUp <= fromCorner ? up : corner;
}

/** Samples of unfiltered rows, which each start on a whole byte. 16-bit samples are big-endian in the file. */
function unpack(lines: Uint8Array, header: PngHeader, rowBytes: number): Uint8Array | Uint16Array {
  const { rows, columns, bitDepth } = header;
  if (bitDepth === 8) return lines;
  const width = columns * CHANNELS[header.colourType];
  if (bitDepth === 16) {
    const out = new Uint16Array(rows * width);
    for (let i = 0; i < out.length; i++) out[i] = (lines[2 * i]! << 8) | lines[2 * i + 1]!;
    return out;
  }
  const out = new Uint8Array(rows * width);
  const mask = (1 << bitDepth) - 1;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < width; column++, i++) {
      const bit = column * bitDepth;
      out[i] = (lines[row * rowBytes + (bit >> 3)]! >> (8 - bitDepth - (bit & 7))) & mask;
    }
  }
  return out;
}

function lookUp(
  indices: Uint8Array,
  header: PngHeader,
  palette: Uint8Array | undefined,
  path: string,
): PngImage {
  const samples = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = indices[i]! * 3;
    if (!palette || entry + 3 > palette.length)
      throw new FormatError(path, "PLTE", "no entry", `entry ${indices[i]}`);
    for (let k = 0; k < 3; k++) samples[i * 3 + k] = palette[entry + k]!;
  }
  return { shape: [header.rows, header.columns], channels: 3, bitDepth: 8, samples };
}
