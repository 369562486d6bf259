import { FormatError } from "../../core/errors.js";
import { decodeText } from "../bytes/text.js";
import { unpackedName } from "../bytes/unpack.js";
import { MRC_HEADER_BYTES } from "../mrc/header.js";
import { readMmcif } from "./mmcif.js";
import { readPdb } from "./pdb.js";
import type { Structure } from "./structure.js";

/**
 * Reads an atomic model, PDB or mmCIF, also gzip. A file is mmCIF if its name ends in .cif or .mmcif, or if it begins with
 * a data block.
 * @throws FormatError as the reader of the format does, and for a density map
 */
export function readStructure(bytes: Uint8Array, path: string): Structure {
  const text = decodeText(bytes, path);
  // no text has bytes of 0, and every header of MRC has
  if (text.slice(0, MRC_HEADER_BYTES).includes("\0"))
    throw new FormatError(path, "format", "no text, as of a density map", "an atomic model, PDB or mmCIF");
  const isCif = /\.(mm)?cif$/i.test(unpackedName(path)) || /^\s*(#.*\s+)*data_/i.test(text.slice(0, 4096));
  return isCif ? readMmcif(text, path) : readPdb(text, path);
}
