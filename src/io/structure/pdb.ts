import { FormatError } from "../../core/errors.js";
import { decodeText, numberedLines, parseNumber } from "../bytes/text.js";
import { elementOfName, isVirtual } from "./element-of-name.js";
import { elementOf } from "./elements.js";
import { countMissingCopies, readRemark350 } from "./pdb-assembly.js";
import type { Atom, Structure } from "./structure.js";

/**
 * Reads the atoms of all models and the assemblies of REMARK 350 from a PDB file (format 3.3, wwPDB). An empty
 * occupancy means 1, an empty B factor 0, an empty element is told by the atom's name. Serial numbers may begin in the sixth
 * column, as after 99999.
 *
 * @throws FormatError, naming line and columns, for a coordinate that is no number or stands beside its columns, a record that is
 *   nearly one of coordinates, a number that two models have, atoms after the end of a structure or model, an incomplete or skewed
 *   BIOMT operator, or a file without atoms
 */
export function readPdb(content: Uint8Array | string, path: string): Structure {
  const records: [number, string][] = [];
  const remarks: [number, string][] = [];
  const models: number[] = [];
  let model = 1;
  const known = new Set<number>();
  let closed: string | undefined;
  const copies: string[] = [];
  let isPredicted = false;
  /** Records before each END, whose line is told. */
  const ends: { readonly at: string; readonly before: number }[] = [];
  for (const [number, line] of numberedLines(decodeText(content, path))) {
    const at = `line ${number}`;
    if (/^(ATOM|HETA)/i.test(line)) {
      if (closed !== undefined)
        throw new FormatError(path, at, `an atom after ENDMDL of ${closed}`, "MODEL before it");
      records.push([number, line]);
      models.push(model);
    } else if (/^MODEL\b/i.test(line)) {
      model = readModel(line, at, path);
      if (known.has(model)) throw new FormatError(path, `${at}, MODEL`, model, "each number once");
      known.add(model);
      closed = undefined;
    } else if (/^ENDMDL\b/i.test(line)) closed ??= at;
    else if (/^END\b/i.test(line)) ends.push({ at, before: records.length });
    else if (line.startsWith("REMARK 350")) remarks.push([number, line.slice(10)]);
    else if (/^MTRIX[123] /.test(line)) copies.push(line);
    else if (/^TITLE .*ALPHAFOLD/i.test(line)) isPredicted = true;
    else if (/^\s+(ATOM|HETATM)[\s\d]/i.test(line)) {
      throw new FormatError(
        path,
        `line ${number}`,
        line.slice(0, 30),
        "a record that begins in the first column",
      );
    }
  }
  if (records.length === 0) throw new FormatError(path, "ATOM records", 0, "at least one atom");
  const isAligned = !records.some(([, line]) => /^ATOM.{8}[NCO] {3}/i.test(line));
  const atoms = records.map(([number, line], i) =>
    readAtom(line, { at: `line ${number}`, model: models[i]!, isAligned, path }),
  );
  for (const end of ends) refuseFrames(atoms, end, (i) => records[i]![0], path);
  const missingCopies = countMissingCopies(copies);
  return {
    ...{ path, atoms, assemblies: readRemark350(remarks, path) },
    ...(missingCopies > 0 && { missingCopies }),
    ...(isPredicted && { isPredicted }),
  };
}

/**
 * Parts of one structure may be put one after another with END between them, and so may frames of a simulation, which have the same
 * atoms: they would be added up.
 */
function refuseFrames(
  atoms: readonly Atom[],
  { at, before }: { readonly at: string; readonly before: number },
  lineOf: (i: number) => number,
  path: string,
): void {
  const nameOf = ({ model, chain, residueId, residue, name, alternate }: Atom): string =>
    [model, chain, residueId, residue, name, alternate].join("|");
  if (before === atoms.length) return;
  const known = new Set(atoms.slice(0, before).map(nameOf));
  const again = atoms.findIndex((atom, i) => i >= before && known.has(nameOf(atom)));
  if (again < 0) return;
  const { name, residue, residueId, chain } = atoms[again]!;
  const found = `${name} of ${residue} ${residueId}, chain ${chain}, as before END of ${at}`;
  throw new FormatError(path, `line ${lineOf(again)}`, found, "one structure a file, or MODEL before each");
}

function readModel(line: string, at: string, path: string): number {
  const text = line.slice(5).trim();
  const model = parseNumber(text);
  if (!Number.isSafeInteger(model)) throw new FormatError(path, `${at}, MODEL`, text, "a number");
  return model;
}

/** Where a record stands. */
interface Place {
  readonly at: string;
  readonly model: number;
  readonly isAligned: boolean;
  readonly path: string;
}

function readAtom(line: string, place: Place): Atom {
  const { at, model, path } = place;
  /** A number in columns first to last, counted from 1 as the format does. */
  const number = (name: string, first: number, last: number, whenEmpty?: number): number => {
    const text = line.slice(first - 1, last).trim();
    const value = text === "" && whenEmpty !== undefined ? whenEmpty : parseNumber(text);
    if (Number.isNaN(value))
      throw new FormatError(path, `${at}, columns ${first}-${last} (${name})`, text, "a number");
    return value;
  };
  /** A coordinate: pushed out of its columns by a number too long, it would still look like a number. */
  const coordinate = (name: string, first: number): number => {
    const value = number(name, first, first + 7);
    const text = line.slice(first - 1, first + 7);
    const point = text.indexOf(".");
    if (point >= 0 && point !== 4) {
      const expected = `a number with its decimal point in column ${first + 4}`;
      throw new FormatError(path, `${at}, columns ${first}-${first + 7} (${name})`, text, expected);
    }
    return value;
  };
  const chain = line.slice(21, 22).trim();
  const isHetero = /^HETA/i.test(line);
  const residue = line.slice(17, 20).trim();
  return {
    element: readElement(line, { residue, isHetero, isAligned: place.isAligned }),
    name: line.slice(12, 16).trim(),
    residue,
    residueId: line.slice(22, 27).trim(),
    chain,
    assemblyChain: chain,
    x: coordinate("x", 31),
    y: coordinate("y", 39),
    z: coordinate("z", 47),
    occupancy: number("occupancy", 55, 60, 1),
    bFactor: number("B factor", 61, 66, 0),
    alternate: line.slice(16, 17).trim(),
    isHetero,
    model,
  };
}

/** Columns 77-78, or else the name. Files of before 1996 have a code and the line's number in columns 73-80. */
function readElement(
  line: string,
  known: { readonly residue: string; readonly isHetero: boolean; readonly isAligned: boolean },
): string {
  const given = line.slice(76, 78).trim();
  if (!/^[A-Za-z]{1,2}$/.test(given)) return elementOfName({ ...known, name: line.slice(12, 16) });
  return isVirtual(known.residue) ? "" : (elementOf(given) ?? "");
}
