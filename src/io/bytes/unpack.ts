import { bunzip2, isBzip2 } from "./bunzip2.js";
import { bzip2 } from "./bzip2.js";
import { gunzip, gzip, isGzip } from "./gunzip.js";

/** The content of a file: unpacked if its first bytes say gzip or bzip2, else the bytes themselves. */
export function unpack(bytes: Uint8Array, path: string): Uint8Array {
  if (isGzip(bytes)) return gunzip(bytes, path);
  return isBzip2(bytes) ? bunzip2(bytes, path) : bytes;
}

/** A path without the ending that a packed file adds: `map.mrc.gz` is a map.mrc. */
export const unpackedName = (path: string): string => path.replace(/\.(gz|bz2)$/i, "");

/** The bytes of a file as its name wants them: packed where it ends in .gz or .bz2. */
export function pack(bytes: Uint8Array, path: string): Uint8Array {
  if (/\.gz$/i.test(path)) return gzip(bytes);
  return /\.bz2$/i.test(path) ? bzip2(bytes) : bytes;
}
