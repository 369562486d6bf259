import { DomainError, FormatError } from "../../core/errors.js";
import type { RotationMatrix } from "../../core/rotation.js";

/** By which occupancies that share a place, or an atom, may go beyond 1: files round. */
export const ROUNDED = 0.02;

/** One atom of a model. Positions in angstrom. */
export interface Atom {
  /** Symbol as in the periodic table, "C", "Fe"; deuterium is "D"; "" for a virtual site and whatever else is no element. */
  readonly element: string;
  readonly name: string;
  /** Residue name, as "ALA", "HOH". */
  readonly residue: string;
  /** Residue number with its insertion code. */
  readonly residueId: string;
  /** Chain as its authors named it. */
  readonly chain: string;
  /** Chain as assemblies name it: label_asym_id of mmCIF; in PDB files the chain itself. */
  readonly assemblyChain: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Fraction 0 to 1. */
  readonly occupancy: number;
  /** Angstrom squared; in AlphaFold's models the confidence pLDDT, 0 to 100. */
  readonly bFactor: number;
  /** Letter of the alternate location, or "". Their occupancies add to one. */
  readonly alternate: string;
  /** Stands in a HETATM record. */
  readonly isHetero: boolean;
  /** Number of its model, from 1. */
  readonly model: number;
}

/** A rigid motion: position' = rotation * position + translation, row by row, angstrom. */
export interface AssemblyOperation {
  readonly rotation: RotationMatrix;
  readonly translation: readonly [x: number, y: number, z: number];
  /** Chains it is applied to; undefined: all. */
  readonly chains?: ReadonlySet<string>;
}

/** A biological assembly: the atoms under each of its operations. */
export interface Assembly {
  readonly id: string;
  readonly operations: readonly AssemblyOperation[];
}

/** An atomic model as its file gives it: the atoms of all its models, and its biological assemblies. */
export interface Structure {
  /** File that it was read from, for messages. */
  readonly path: string;
  readonly atoms: readonly Atom[];
  readonly assemblies: readonly Assembly[];
  /** Copies by non-crystallographic symmetry that the file describes and does not hold, the identity left out; absent: none. */
  readonly missingCopies?: number;
  /** The file says that it holds a prediction, whose confidence stands in place of the B factors. */
  readonly isPredicted?: boolean;
}

/** What to keep of a structure. */
export interface AtomSelection {
  /** Model number, or all of them, as where the models make up an assembly; default the first. */
  readonly model?: number | "all";
  /** Keep water molecules; default false. */
  readonly waters?: boolean;
  /** Keep atoms whose B column is at least this: a cut-off on AlphaFold's pLDDT. */
  readonly minimumConfidence?: number;
}

const WATERS = new Set(["HOH", "WAT", "DOD", "TIP", "TIP3", "SOL", "H2O"]);

/**
 * Whether a residue is a water molecule: by its name, or because an oxygen and two hydrogens are all that it has. Programs of molecular
 * dynamics have many names for water, some of which are ligands in the PDB.
 */
function isWater(residue: readonly Atom[]): boolean {
  if (WATERS.has(residue[0]!.residue.toUpperCase())) return true;
  const named = (...elements: readonly string[]): number =>
    new Set(residue.filter(({ element }) => elements.includes(element)).map(({ name }) => name)).size;
  const isPure = residue.every(({ element }) => ["", "H", "D", "O"].includes(element));
  return isPure && named("O") === 1 && named("H", "D") > 1;
}

/** Whether each atom belongs to a water molecule. */
function areWaters(atoms: readonly Atom[]): boolean[] {
  const known: boolean[] = [];
  const isTogether = (a: Atom, b: Atom): boolean =>
    a.residueId === b.residueId && a.residue === b.residue && a.chain === b.chain && a.model === b.model;
  for (let first = 0, end = 0; first < atoms.length; first = end) {
    while (end < atoms.length && isTogether(atoms[first]!, atoms[end]!)) end++;
    const water = isWater(atoms.slice(first, end));
    while (known.length < end) known.push(water);
  }
  return known;
}

/** The atoms of one model, by default without water, of known elements. Throws DomainError if none is left. */
export function selectAtoms(atoms: readonly Atom[], selection: AtomSelection = {}): Atom[] {
  const kept = selected(atoms, selection).filter(({ element }) => element !== "");
  if (kept.length === 0) throw new DomainError("atoms selected", 0, `some of the ${atoms.length} atoms`);
  return kept;
}

/**
 * Says which atoms a selection leaves out because they are no known element, as virtual sites are not, or undefined where there
 * are none.
 */
export function unknownElements(atoms: readonly Atom[], selection: AtomSelection = {}): string | undefined {
  const left = selected(atoms, selection).filter(({ element }) => element === "");
  if (left.length === 0) return undefined;
  const names = [...new Set(left.map(({ name, residue }) => `${name} of ${residue}`))];
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
  return `${left.length} ${left.length === 1 ? "atom is" : "atoms are"} left out as no known element (${shown})`;
}

/** The same of a structure, whose file is named. @throws FormatError if no atom is left */
export function atomsOf({ atoms, path }: Structure, selection: AtomSelection = {}): Atom[] {
  if (!selected(atoms, selection).some(({ element }) => element !== "")) {
    const left = selection.waters ? "" : ", water left out";
    throw new FormatError(path, `atoms that are kept of ${atoms.length}${left}`, 0, "at least one");
  }
  return selectAtoms(atoms, selection);
}

function selected(atoms: readonly Atom[], selection: AtomSelection): Atom[] {
  const { waters = false, minimumConfidence = Number.NEGATIVE_INFINITY } = selection;
  const model = selection.model ?? atoms[0]?.model;
  const left = waters ? [] : areWaters(atoms);
  return atoms.filter(
    (atom, i) =>
      (model === "all" || atom.model === model) && atom.bFactor >= minimumConfidence && left[i] !== true,
  );
}

/**
 * The atoms of a biological assembly: one copy for each operation. A structure that defines no assembly is its own.
 * @param id of the assembly; default the first one that the structure defines
 * @throws DomainError for an assembly that is not defined, FormatError for one that no atom belongs to
 */
export function applyAssembly(
  structure: Structure,
  atoms: readonly Atom[] = structure.atoms,
  id?: string,
): Atom[] {
  const { assemblies } = structure;
  if (assemblies.length === 0 && id === undefined) return [...atoms];
  const assembly = id === undefined ? assemblies[0] : assemblies.find((candidate) => candidate.id === id);
  if (!assembly) {
    throw new DomainError(
      "assembly",
      id,
      `one of [${assemblies.map((candidate) => candidate.id).join(", ")}]`,
    );
  }
  const moved: Atom[] = [];
  for (const { rotation: r, translation: t, chains } of assembly.operations) {
    for (const atom of atoms) {
      if (chains && !chains.has(atom.assemblyChain)) continue;
      const { x, y, z } = atom;
      moved.push({
        ...atom,
        x: r[0] * x + r[1] * y + r[2] * z + t[0],
        y: r[3] * x + r[4] * y + r[5] * z + t[1],
        z: r[6] * x + r[7] * y + r[8] * z + t[2],
      });
    }
  }
  if (moved.length === 0)
    throw new FormatError(
      structure.path,
      `atoms of assembly ${assembly.id}`,
      0,
      "chains that the model has, or `assembly` none for the atoms as they are",
    );
  return moved;
}

/** Whether the rows of a matrix are orthonormal to within the rounding of a file. */
export function isRotationMatrix(r: readonly number[]): boolean {
  for (let i = 0; i < 3; i++) {
    for (let j = i; j < 3; j++) {
      const dot = r[3 * i]! * r[3 * j]! + r[3 * i + 1]! * r[3 * j + 1]! + r[3 * i + 2]! * r[3 * j + 2]!;
      if (!(Math.abs(dot - (i === j ? 1 : 0)) < 1e-3)) return false;
    }
  }
  return true;
}
