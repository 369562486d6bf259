import { decodeText } from "../bytes/text.js";
import { unpackedName } from "../bytes/unpack.js";
import { readMmcif } from "./mmcif.js";
import { readPdb } from "./pdb.js";
import type { Structure } from "./structure.js";

/**
 * Reads an atomic model, PDB or mmCIF, also gzip. A file is mmCIF if its name ends in .cif or .mmcif, or if it begins with
 * a data block.
 * @throws FormatError as the reader of the format does
 */
export function readStructure(bytes: Uint8Array, path: string): Structure {
  const text = decodeText(bytes, path);
  const isCif = /\.(mm)?cif$/i.test(unpackedName(path)) || /^\s*(#.*\s+)*data_/i.test(text.slice(0, 4096));
  return isCif ? readMmcif(text, path) : readPdb(text, path);
}
