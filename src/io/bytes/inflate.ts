import { Inflate } from "fflate";
import { FormatError } from "../../core/errors.js";

/** Deflate cannot expand a byte to more than this many. */
const MOST_EXPANSION = 1032;
/**
 * Compressed bytes fed at a time: what a hostile stream can expand to before its size is looked at stays at 64 MiB. Slices of
 * 16 KiB take 1.4 times as long for a micrograph of 3 MB.
 */
const SLICE = 65536;

/** What a compressed stream must hold. */
export interface InflateTarget {
  /** Bytes of the result; more or fewer are refused. */
  readonly size: number;
  readonly path: string;
  /** Names the stream in messages. */
  readonly at: string;
}

/**
 * Inflates a zlib stream (RFC 1950) to exactly `size` bytes, and never allocates for a size that its length cannot hold.
 * @throws FormatError for a damaged stream, one of another size, or a wrong checksum
 */
export function inflateZlib(bytes: Uint8Array, { size, path, at }: InflateTarget): Uint8Array {
  const fail = (found: unknown, expected: string): never => {
    throw new FormatError(path, at, found, expected);
  };
  if (size > bytes.length * MOST_EXPANSION)
    fail(`${bytes.length} bytes`, `enough to hold ${size} once inflated`);
  const [cmf, flags] = [bytes[0] ?? 0, bytes[1] ?? 0];
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || ((cmf << 8) | flags) % 31 !== 0 || flags & 32) {
    fail(`${cmf} ${flags}`, "the header of a zlib stream");
  }
  const out = inflateRaw(bytes.subarray(2), { size, path, at });
  if (bytes.length >= 6) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
    if (view.getUint32(0) !== adler32(out)) fail("another checksum", "the checksum of the stream");
  }
  return out;
}

/** Inflates a deflate stream (RFC 1951) to exactly `size` bytes; what follows its end is ignored. */
export function inflateRaw(bytes: Uint8Array, { size, path, at }: InflateTarget): Uint8Array {
  const out = new Uint8Array(size);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    if (filled + chunk.length > size) throw new FormatError(path, at, "more", `${size} bytes once inflated`);
    out.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let start = 0; start < bytes.length; start += SLICE) {
      inflate.push(bytes.subarray(start, start + SLICE), start + SLICE >= bytes.length);
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(path, at, error instanceof Error ? error.message : "damage", "a deflate stream");
  }
  if (filled !== size) throw new FormatError(path, at, `${filled} bytes`, `${size} bytes once inflated`);
  return out;
}

/** RFC 1950's checksum. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length);
    for (let i = start; i < end; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
