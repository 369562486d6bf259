import { decodeText } from "../bytes/text.js";
import { unpackedName } from "../bytes/unpack.js";
import { readMmcif } from "./mmcif.js";
import { readPdb } from "./pdb.js";
import { refuseImpossiblePlaces } from "./places.js";
import type { Structure } from "./structure.js";

/**
 * Reads an atomic model, PDB or mmCIF, also gzip. A file is mmCIF if its name ends in .cif or .mmcif, or if it begins with
 * a data block.
 * @throws FormatError as the reader of the format does; for a density map, and for atoms in another unit than angstrom or twice in one
 *   place
 */
export function readStructure(bytes: Uint8Array, path: string): Structure {
  const text = decodeText(bytes, path, "an atomic model, PDB or mmCIF");
  const isCif = /\.(mm)?cif$/i.test(unpackedName(path)) || /^\s*(#.*\s+)*data_/i.test(text.slice(0, 4096));
  const structure = isCif ? readMmcif(text, path) : readPdb(text, path);
  refuseImpossiblePlaces(structure);
  return structure;
}
