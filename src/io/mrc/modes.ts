import { DomainError } from "../../core/errors.js";
import { encodeFloat16, FLOAT16_MAX, float16Table } from "../bytes/float16.js";

/** How samples are stored. Numbers are the header's MODE word. */
export const MRC_MODES = {
  int8: 0,
  int16: 1,
  float32: 2,
  uint16: 6,
  float16: 12,
  uint4: 101,
} as const;

export type MrcMode = keyof typeof MRC_MODES;

/**
 * Modes that can be written. `uint8` means grey levels 0 to 255 stored as mode 0 less 128, because mode 0 is signed;
 * reading gives the signed values, -128 to 127.
 */
export const MRC_WRITE_MODES = ["float32", "float16", "int16", "uint16", "int8", "uint8", "uint4"] as const;
export type MrcWriteMode = (typeof MRC_WRITE_MODES)[number];

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const SAMPLE_BYTES = { int8: 1, int16: 2, float32: 4, uint16: 2, float16: 2 } as const;

/** The mode of a MODE word, or undefined. */
export function mrcModeOf(word: number): MrcMode | undefined {
  return (Object.keys(MRC_MODES) as MrcMode[]).find((mode) => MRC_MODES[mode] === word);
}

/** Bytes of one row of samples. 4-bit rows end on a whole byte, as IMOD and SerialEM write them. */
export function mrcRowBytes(mode: MrcMode, columns: number): number {
  return mode === "uint4" ? Math.ceil(columns / 2) : columns * SAMPLE_BYTES[mode];
}

/** How the samples lie in a file. */
export interface MrcLayout {
  readonly mode: MrcMode;
  readonly littleEndian: boolean;
  /** Mode 0 holds 0 to 255: only where IMOD says so in its own header words. */
  readonly isUnsigned: boolean;
}

/** Samples of `rows * columns` stored values, row by row. `bytes` holds exactly these rows. */
export function decodeMrcSamples(
  bytes: Uint8Array,
  { mode, littleEndian, isUnsigned }: MrcLayout,
  columns: number,
): Float32Array {
  if (mode === "uint4") return decodeNibbles(bytes, columns);
  if (mode === "int8") {
    return Float32Array.from(
      isUnsigned ? bytes : new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    );
  }
  // Not slice(): on a Node Buffer that would be a view of the caller's bytes.
  const own = new Uint8Array(bytes);
  if (littleEndian !== HOST_IS_LITTLE) swapBytes(own, SAMPLE_BYTES[mode]);
  if (mode === "float32") return new Float32Array(own.buffer);
  if (mode === "int16") return Float32Array.from(new Int16Array(own.buffer));
  const words = new Uint16Array(own.buffer);
  if (mode === "uint16") return Float32Array.from(words);
  const value = float16Table();
  const out = new Float32Array(words.length);
  for (let i = 0; i < out.length; i++) out[i] = value[words[i]!]!;
  return out;
}

/** Two samples a byte, the first in the low half. */
function decodeNibbles(bytes: Uint8Array, columns: number): Float32Array {
  const rowBytes = Math.ceil(columns / 2);
  const rows = bytes.length / rowBytes;
  const out = new Float32Array(rows * columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const byte = bytes[row * rowBytes + (column >> 1)]!;
      out[i] = column & 1 ? byte >> 4 : byte & 15;
    }
  }
  return out;
}

function encodeNibbles(samples: ArrayLike<number>, columns: number): Uint8Array {
  const rowBytes = Math.ceil(columns / 2);
  const out = new Uint8Array((samples.length / columns) * rowBytes);
  for (let i = 0; i < samples.length; i++) {
    const column = i % columns;
    out[Math.floor(i / columns) * rowBytes + (column >> 1)]! |= samples[i]! << (column & 1 ? 4 : 0);
  }
  return out;
}

/** Reverses the bytes of every `width`-byte word, in place. */
function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i + width <= bytes.length; i += width) {
    for (let low = i, high = i + width - 1; low < high; low++, high--) {
      const kept = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = kept;
    }
  }
}

/** Range of whole numbers a writing mode can hold. */
const RANGES = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  uint4: [0, 15],
  float16: [-FLOAT16_MAX, FLOAT16_MAX],
} as const;

/** Stored samples of a writing mode, as a typed array of that mode in the host's byte order; uint4: one a byte. */
export type StoredSamples = Float32Array | Int16Array | Uint16Array | Int8Array;

/**
 * Samples as they will be stored: whole-number modes round to nearest (never clip), float16 rounds to even.
 * @throws DomainError for NaN, infinity, or a value the mode cannot hold
 */
export function storeMrcSamples(data: Float32Array, mode: MrcWriteMode): StoredSamples {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) throw new DomainError(`sample ${i}`, data[i], "a finite number");
  }
  if (mode === "float32") return data;
  const [low, high] = RANGES[mode];
  const rounds = mode !== "float16";
  for (let i = 0; i < data.length; i++) {
    const value = rounds ? Math.round(data[i]!) : data[i]!;
    if (value < low || value > high) {
      throw new DomainError(`sample ${i}`, data[i], `${low} to ${high}, which ${mode} can hold`);
    }
  }
  if (mode === "float16") return encodeFloat16(data);
  const out =
    mode === "int16"
      ? new Int16Array(data.length)
      : mode === "uint16"
        ? new Uint16Array(data.length)
        : new Int8Array(data.length);
  const offset = mode === "uint8" ? 128 : 0;
  for (let i = 0; i < data.length; i++) out[i] = Math.round(data[i]!) - offset;
  return out;
}

/** Little-endian bytes of stored samples; of uint4 two a byte, rows of `columns` samples ending on a whole byte. */
export function mrcSampleBytes(stored: StoredSamples, mode: MrcWriteMode, columns: number): Uint8Array {
  if (mode === "uint4") return encodeNibbles(stored, columns);
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  if (HOST_IS_LITTLE) return bytes;
  const own = new Uint8Array(bytes);
  swapBytes(own, stored.BYTES_PER_ELEMENT);
  return own;
}
