import { convertIndexedToRgb, decode } from "fast-png";
import { zlibSync } from "fflate";
import type { Image } from "../../array/image.js";
import { FormatError, UnsupportedError } from "../../core/errors.js";
import { inflateZlib } from "../bytes/inflate.js";
import { readPngChunks, writePngChunks } from "./chunks.js";
import { CHANNELS, encodePngHeader, type PngHeader, readPngHeader } from "./header.js";

/** A decoded PNG: `channels` samples a pixel, row by row; palettes are looked up, 1 to 4-bit greys keep their values. */
export interface PngImage {
  readonly shape: readonly [rows: number, columns: number];
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits of a sample: greys reach 2^bitDepth - 1. */
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly samples: Uint8Array | Uint16Array;
}

/** Every `step`-th pixel from `first` along columns and rows. */
interface Pass {
  readonly first: readonly [x: number, y: number];
  readonly step: readonly [x: number, y: number];
}

/** Four times the largest camera's image: what a tiny file can promise beyond that is refused before memory is taken for it. */
const MOST_PIXELS = 2 ** 28;

const WHOLE: readonly Pass[] = [{ first: [0, 0], step: [1, 1] }];

/** The seven passes of an interlaced picture (PNG specification, section 8). */
const ADAM7: readonly Pass[] = [
  { first: [0, 0], step: [8, 8] },
  { first: [4, 0], step: [8, 8] },
  { first: [0, 4], step: [4, 8] },
  { first: [2, 0], step: [4, 4] },
  { first: [0, 2], step: [2, 4] },
  { first: [1, 0], step: [2, 2] },
  { first: [0, 1], step: [1, 2] },
];

/**
 * Reads a grey picture (1, 2, 4, 8 or 16 bits) with its values as they are stored: 0 or 1 for a mask, 0 to 255, 0 to 65535.
 * @param colour what to do with RGB: refuse it (default), or take its luminance (Rec. 601; exact where R = G = B)
 * @throws FormatError for a damaged file or, by default, for colour
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

/** Decodes any PNG. Throws FormatError for a damaged file, UnsupportedError for chunks that PNG 1.2 does not define. */
export function decodePng(bytes: Uint8Array, path: string): PngImage {
  const chunks = readPngChunks(bytes, path);
  const header = readPngHeader(chunks[0]!, path);
  const unknown = chunks.find(({ type }) => /^[A-Z]/.test(type) && !/^(IHDR|PLTE|IDAT|IEND)$/.test(type));
  if (unknown)
    throw new UnsupportedError(
      `${path}: chunk: found ${unknown.type}, which is needed to show the file, expected chunks of PNG 1.2`,
    );
  const packed = joined(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const palette = chunks.find(({ type }) => type === "PLTE")?.data;
  const { rows, columns, bitDepth, colourType } = header;
  if (rows * columns > MOST_PIXELS)
    throw new FormatError(path, "IHDR width and height", [columns, rows], `at most ${MOST_PIXELS} pixels`);
  const isIndexed = colourType === 3;
  const channels = isIndexed ? 3 : CHANNELS[colourType];
  const passes = (header.isInterlaced ? ADAM7 : WHOLE)
    .map((pass) => ({ ...pass, header: headerOfPass(header, pass) }))
    .filter(({ header: own }) => own.rows > 0 && own.columns > 0);
  const sizes = passes.map(({ header: own }) => own.rows * (rowBytesOf(own) + 1));
  // The decoder inflates without a limit; so this is done here, to exactly the size that the header promises.
  const size = sizes.reduce((sum, each) => sum + each, 0);
  const lines = inflateZlib(packed, { size, path, at: "IDAT" });
  const out = new (bitDepth === 16 ? Uint16Array : Uint8Array)(rows * columns * channels);
  let at = 0;
  for (const [i, pass] of passes.entries()) {
    const own = lines.subarray(at, at + sizes[i]!);
    at += sizes[i]!;
    const samples = decodePass(own, pass.header, palette, path);
    if (passes.length === 1) out.set(samples);
    else place(samples, pass, [columns, channels], out);
  }
  return { shape: [rows, columns], channels, bitDepth: isIndexed ? 8 : bitDepth, samples: out };
}

function headerOfPass(header: PngHeader, { first, step }: Pass): PngHeader {
  const columns = Math.ceil((header.columns - first[0]) / step[0]);
  const rows = Math.ceil((header.rows - first[1]) / step[1]);
  return { ...header, columns, rows, isInterlaced: false };
}

const rowBytesOf = ({ columns, colourType, bitDepth }: PngHeader): number =>
  Math.ceil((columns * CHANNELS[colourType] * bitDepth) / 8);

/** Samples of inflated rows: a file of its own for the decoder, its rows in blocks that are only copied. */
function decodePass(
  lines: Uint8Array,
  header: PngHeader,
  palette: Uint8Array | undefined,
  path: string,
): Uint8Array | Uint16Array {
  const file = writePngChunks([
    { type: "IHDR", data: encodePngHeader(header) },
    ...(palette ? [{ type: "PLTE", data: palette }] : []),
    { type: "IDAT", data: zlibSync(lines, { level: 0 }) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
  try {
    const decoded = decode(file);
    if (header.colourType === 3) return convertIndexedToRgb(decoded);
    const data = decoded.data as Uint8Array | Uint16Array;
    return header.bitDepth < 8 ? spreadBits(data, header) : data;
  } catch (error) {
    throw new FormatError(
      path,
      "IDAT and PLTE",
      error instanceof Error ? error.message : "damage",
      "rows of PNG's five filters, and colours that the palette has",
    );
  }
}

/** Samples of rows that each start on a whole byte, the highest bits first. */
function spreadBits(lines: ArrayLike<number>, header: PngHeader): Uint8Array {
  const { rows, columns, bitDepth } = header;
  const rowBytes = rowBytesOf(header);
  const out = new Uint8Array(rows * columns);
  const mask = (1 << bitDepth) - 1;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const bit = column * bitDepth;
      out[i] = (lines[row * rowBytes + (bit >> 3)]! >> (8 - bitDepth - (bit & 7))) & mask;
    }
  }
  return out;
}

/** Puts the pixels of one pass where they belong in a picture. */
function place(
  samples: Uint8Array | Uint16Array,
  { first, step, header }: Pass & { readonly header: PngHeader },
  [columns, channels]: readonly [columns: number, channels: number],
  out: Uint8Array | Uint16Array,
): void {
  let from = 0;
  for (let row = 0; row < header.rows; row++) {
    for (let column = 0; column < header.columns; column++, from += channels) {
      const to = ((first[1] + row * step[1]) * columns + first[0] + column * step[0]) * channels;
      for (let channel = 0; channel < channels; channel++) out[to + channel] = samples[from + channel]!;
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
