import { UnsupportedError } from "../../core/errors.js";
import { bunzip2, isBzip2 } from "./bunzip2.js";
import { gunzip, gzip, isGzip } from "./gunzip.js";
import type { SizePromise } from "./unpacked.js";

/**
 * The content of a file: unpacked if its first bytes say gzip or bzip2, else the bytes themselves.
 * @param promise what the beginning of the content says of its size
 * @throws FormatError for damage, and for a packed file that unpacks to more than it can hold
 */
export function unpack(bytes: Uint8Array, path: string, promise?: SizePromise): Uint8Array {
  if (isGzip(bytes)) return gunzip(bytes, path, promise);
  return isBzip2(bytes) ? bunzip2(bytes, path, promise) : bytes;
}

/** Whether a file is packed, by its first bytes. */
export const isPacked = (bytes: Uint8Array): boolean => isGzip(bytes) || isBzip2(bytes);

/** A path without the ending that a packed file adds: `map.mrc.gz` is a map.mrc. */
export const unpackedName = (path: string): string => path.replace(/\.(gz|bz2)$/i, "");

/** Whether a file can be written under a name: bzip2 is only read. */
export const canPack = (path: string): boolean => !/\.bz2$/i.test(path);

/**
 * The bytes of a file as its name wants them: packed where it ends in .gz.
 * @throws UnsupportedError for a name that ends in .bz2
 */
export function pack(bytes: Uint8Array, path: string): Uint8Array {
  if (!canPack(path))
    throw new UnsupportedError(`${path}: found a name in .bz2, expected .gz or neither: bzip2 is only read`);
  return /\.gz$/i.test(path) ? gzip(bytes) : bytes;
}
