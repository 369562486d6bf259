import { bunzip2, isBzip2 } from "./bunzip2.js";
import { gunzip, isGzip } from "./gunzip.js";

/** The content of a file: unpacked if its first bytes say gzip or bzip2, else the bytes themselves. */
export function unpack(bytes: Uint8Array, path: string): Uint8Array {
  if (isGzip(bytes)) return gunzip(bytes, path);
  return isBzip2(bytes) ? bunzip2(bytes, path) : bytes;
}

/** A path without the ending that a packed file adds: `map.mrc.gz` is a map.mrc. */
export const unpackedName = (path: string): string => path.replace(/\.(gz|bz2)$/i, "");
