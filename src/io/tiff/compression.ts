import { FormatError, UnsupportedError } from "../../core/errors.js";
import { type InflateTarget, inflateZlib } from "../bytes/inflate.js";

/** A TIFF Compression tag's way of packing one strip or tile. */
interface Scheme {
  readonly unpack: (bytes: Uint8Array, target: InflateTarget) => Uint8Array;
  /** Bytes that one packed byte can stand for, at the most. */
  readonly expansion: number;
}

const DEFLATE: Scheme = { unpack: inflateZlib, expansion: 1032 };

/** By the value of the Compression tag. */
export const TIFF_COMPRESSIONS: Readonly<Record<number, Scheme>> = {
  1: { unpack: copy, expansion: 1 },
  // 9 bits can stand for a string as long as the table.
  5: { unpack: unpackLzw, expansion: 4096 },
  8: DEFLATE,
  32946: DEFLATE,
  32773: { unpack: unpackBits, expansion: 64 },
};

function copy(bytes: Uint8Array, { size, path, at }: InflateTarget): Uint8Array {
  if (bytes.length < size) throw new FormatError(path, at, `${bytes.length} bytes`, `${size} bytes`);
  return new Uint8Array(bytes.subarray(0, size));
}

/** PackBits (TIFF 6.0, section 9): runs of a byte, and bytes as they are. */
function unpackBits(bytes: Uint8Array, { size, path, at }: InflateTarget): Uint8Array {
  const out = new Uint8Array(size);
  let filled = 0;
  for (let i = 0; i < bytes.length && filled < size; ) {
    const control = bytes[i]!;
    if (control < 128) {
      const literal = bytes.subarray(i + 1, i + 2 + control);
      out.set(literal.subarray(0, size - filled), filled);
      filled += Math.min(literal.length, size - filled);
      i += 2 + control;
    } else if (control > 128) {
      const length = Math.min(257 - control, size - filled);
      if (i + 1 < bytes.length) {
        out.fill(bytes[i + 1]!, filled, filled + length);
        filled += length;
      }
      i += 2;
    } else i++;
  }
  if (filled < size) throw new FormatError(path, at, `${filled} bytes`, `${size} bytes once unpacked`);
  return out;
}

const CLEAR = 256;
const END = 257;

/** LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, highest bit first, one bit wider one code early. */
function unpackLzw(bytes: Uint8Array, { size, path, at }: InflateTarget): Uint8Array {
  if (bytes[0] === 0 && (bytes[1] ?? 0) & 1)
    throw new UnsupportedError(`${path}: ${at}: found LZW as before TIFF 6.0, expected that of TIFF 6.0`);
  const out = new Uint8Array(size);
  // The string of a code is the one of its prefix and a last byte; each is also a stretch of what has been written.
  const start = new Uint32Array(4096);
  const length = new Uint16Array(4096);
  let next = END + 1;
  let width = 9;
  let previous = -1;
  let filled = 0;
  let bits = 0;
  let held = 0;
  const fail = (found: string): never => {
    throw new FormatError(path, at, found, `${size} bytes of LZW`);
  };
  for (let i = 0; filled < size; ) {
    while (held < width) {
      if (i >= bytes.length) fail(`${filled} bytes`);
      bits = ((bits << 8) | bytes[i++]!) & 0xffffff;
      held += 8;
    }
    held -= width;
    const code = (bits >> held) & ((1 << width) - 1);
    if (code === END) fail(`${filled} bytes`);
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0)) fail(`code ${code} of ${next}`);
    const from = filled;
    if (previous >= 0 && next < 4096) {
      // The new string: the previous one and the first byte of this one, which is written right after it.
      start[next] = from - stringLength(previous, length);
      length[next] = stringLength(previous, length) + 1;
      next++;
    }
    if (code < CLEAR) out[filled++] = code;
    else {
      const end = Math.min(size, from + length[code]!);
      for (let source = start[code]!; filled < end; ) out[filled++] = out[source++]!;
    }
    if (next >= (1 << width) - 1 && width < 12) width++;
    previous = code;
  }
  return out;
}

const stringLength = (code: number, length: Uint16Array): number => (code < CLEAR ? 1 : length[code]!);
