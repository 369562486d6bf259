import { unpack } from "../bytes/unpack.js";
import { promisedFileBytes } from "./words.js";

/**
 * The content of a file of images or maps, unpacked if it is packed: of an MRC file as many bytes as its header promises, of another
 * one as many as such a file can have.
 * @throws FormatError for damage, and for a file that goes on beyond that
 */
export const unpackImages = (bytes: Uint8Array, path: string): Uint8Array =>
  unpack(bytes, path, promisedFileBytes);
