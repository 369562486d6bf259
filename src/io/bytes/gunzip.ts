import { Gunzip, gzipSync } from "fflate";
import { FormatError } from "../../core/errors.js";
import { crc32 } from "../png/chunks.js";
import { type SizePromise, Unpacked } from "./unpacked.js";

/** Compressed bytes fed at a time, so that what a damaged stream expands to is looked at every 64 MiB at the latest. */
const SLICE = 65536;

/** The first bytes of a gzip file whose method is deflate. */
export const isGzip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;

/** A member of a gzip file: where it ends in the file, and how much it had filled by then. */
interface Member {
  readonly end: number;
  readonly filled: number;
}

/**
 * Unpacks a gzip file (RFC 1952) of one or several members, verifying their checksums and lengths.
 * @param promise what the beginning of the content says of its size
 * @throws FormatError for a damaged or truncated file, or one that unpacks to more than it can hold
 */
export function gunzip(bytes: Uint8Array, path: string, promise?: SizePromise): Uint8Array {
  const unpacked = new Unpacked(bytes.length, path, "gzip", promise);
  const members: Member[] = [];
  const stream = new Gunzip((chunk) => unpacked.add(chunk));
  stream.onmember = (offset) => members.push({ end: offset, filled: unpacked.filled });
  try {
    for (let start = 0; start < bytes.length; start += SLICE) {
      stream.push(bytes.subarray(start, start + SLICE), start + SLICE >= bytes.length);
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(
      path,
      "gzip",
      error instanceof Error ? error.message : "damage",
      "a whole gzip file",
    );
  }
  members.push({ end: bytes.length, filled: unpacked.filled });
  const out = unpacked.bytes();
  checkMembers(bytes, out, members, path);
  return out;
}

/** Compares the checksum and length at the end of each member with what came out of it. */
function checkMembers(bytes: Uint8Array, out: Uint8Array, members: readonly Member[], path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = 0;
  for (const [i, { end, filled }] of members.entries()) {
    const at = `gzip member ${i + 1}`;
    if (end < 18) throw new FormatError(path, at, `${end} bytes`, "a header, data and a checksum");
    const length = view.getUint32(end - 4, true);
    if (length !== (filled - start) % 2 ** 32)
      throw new FormatError(path, `${at}, length`, filled - start, `${length}`);
    if (view.getUint32(end - 8, true) !== crc32(out, start, filled)) {
      throw new FormatError(path, at, "another checksum", "the one at its end");
    }
    start = filled;
  }
}

/** A gzip file of these bytes; no name and no time in it, so that the same bytes always give the same file. */
export const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 6, mtime: 0 });
