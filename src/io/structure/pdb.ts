import { FormatError } from "../../core/errors.js";
import { decodeText, numberedLines, parseNumber } from "../bytes/text.js";
import { elementOf } from "./elements.js";
import { readRemark350 } from "./pdb-assembly.js";
import type { Atom, Structure } from "./structure.js";

/**
 * Reads the atoms of all models and the assemblies of REMARK 350 from a PDB file (format 3.3, wwPDB). An empty
 * occupancy means 1, an empty B factor 0, an empty element is taken from the columns of the atom's name.
 *
 * @throws FormatError, naming line and columns, for a coordinate that is no number, an unknown element, an incomplete or
 *   skewed BIOMT operator, or a file without atoms
 */
export function readPdb(content: Uint8Array | string, path: string): Structure {
  const atoms: Atom[] = [];
  const remarks: [number, string][] = [];
  let model = 1;
  for (const [number, line] of numberedLines(decodeText(content, path))) {
    const record = line.slice(0, 6).trimEnd();
    if (record === "ATOM" || record === "HETATM") atoms.push(readAtom(line, `line ${number}`, model, path));
    else if (record === "MODEL") model = readModel(line, `line ${number}`, path);
    else if (line.startsWith("REMARK 350")) remarks.push([number, line.slice(10)]);
  }
  if (atoms.length === 0) throw new FormatError(path, "ATOM records", 0, "at least one atom");
  return { path, atoms, assemblies: readRemark350(remarks, path) };
}

function readModel(line: string, at: string, path: string): number {
  const model = Number(line.slice(6).trim());
  if (!Number.isSafeInteger(model))
    throw new FormatError(path, `${at}, MODEL`, line.slice(6).trim(), "a number");
  return model;
}

function readAtom(line: string, at: string, model: number, path: string): Atom {
  /** A number in columns first to last, counted from 1 as the format does. */
  const number = (name: string, first: number, last: number, whenEmpty?: number): number => {
    const text = line.slice(first - 1, last).trim();
    const value = text === "" && whenEmpty !== undefined ? whenEmpty : parseNumber(text);
    if (Number.isNaN(value))
      throw new FormatError(path, `${at}, columns ${first}-${last} (${name})`, text, "a number");
    return value;
  };
  const chain = line.slice(21, 22).trim();
  return {
    element: readElement(line, at, path),
    name: line.slice(12, 16).trim(),
    residue: line.slice(17, 20).trim(),
    residueId: line.slice(22, 27).trim(),
    chain,
    assemblyChain: chain,
    x: number("x", 31, 38),
    y: number("y", 39, 46),
    z: number("z", 47, 54),
    occupancy: number("occupancy", 55, 60, 1),
    bFactor: number("B factor", 61, 66, 0),
    alternate: line.slice(16, 17).trim(),
    isHetero: line.startsWith("HETATM"),
    model,
  };
}

/** Columns 77-78, or else the first two of the name, where the format aligns the symbol to the right. */
function readElement(line: string, at: string, path: string): string {
  const given = line.slice(76, 78).trim();
  const fromName = line.slice(12, 14).replace(/[^A-Za-z]/g, "");
  // A four-letter hydrogen name, as HD11, starts in column 13 where a two-letter symbol would stand.
  const candidates = given
    ? [given]
    : /^H...$/i.test(line.slice(12, 16))
      ? ["H"]
      : [fromName, fromName.slice(0, 1)];
  for (const candidate of candidates) {
    const element = elementOf(candidate);
    if (element) return element;
  }
  throw new FormatError(
    path,
    `${at}, columns 77-78 (element)`,
    given || line.slice(12, 16),
    "the symbol of an element",
  );
}
