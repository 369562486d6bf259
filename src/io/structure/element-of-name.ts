import { elementOf } from "./elements.js";

/** What tells an atom's element where its file gives none. */
export interface NamedAtom {
  /** As it stands in columns 13-16 of a PDB file, blanks included. */
  readonly name: string;
  readonly residue: string;
  /** Part of a ligand, a water or an ion, and not of a chain. */
  readonly isHetero: boolean;
  /** The symbol ends in the second of the four columns, as the PDB format has it. Many programs start all names in the first. */
  readonly isAligned: boolean;
}

/** CHARMM's names of ions. */
const IONS: Readonly<Record<string, string>> = {
  ...{ LIT: "Li", SOD: "Na", POT: "K", RUB: "Rb", CES: "Cs", CLA: "Cl" },
  ...{ MG: "Mg", CAL: "Ca", BAR: "Ba", ZN: "Zn", CAD: "Cd" },
};

/** Symbols of two letters that no name of an atom of protein, nucleic acid, sugar or lipid begins with. */
const UNMISTAKABLE = new Set("FE ZN MG MN CU NI CL BR SE".split(" "));

/** Residues of no known matter: Rosetta's virtual residues, the membranes drawn by OPM, unknown atoms or ions of the PDB. */
const VIRTUAL_RESIDUES = new Set(["XXX", "VRT", "DUM", "UNX"]);

/**
 * The element of an atom by its name: an ion where the residue has the same name, by the two columns of the symbol in ligands
 * where the file keeps to them, else by the first letter. So CA is carbon in an amino acid, and calcium in the residue CA.
 * @returns "" for a name of no element, as those of virtual sites
 */
export function elementOfName({ name, residue, isHetero, isAligned }: NamedAtom): string {
  if (isVirtual(residue)) return "";
  const letters = lettersOf(name);
  if (letters !== "" && letters === lettersOf(residue)) return IONS[letters] ?? elementOf(letters) ?? "";
  const pair = letters.slice(0, 2);
  if (UNMISTAKABLE.has(pair)) return elementOf(pair)!;
  // a name of four letters starts in the first column whatever its symbol
  const isPair =
    isHetero && isAligned && /^[A-Za-z]{2}/.test(name) && name.length === 4 && name.endsWith(" ");
  return (isPair ? elementOf(pair) : undefined) ?? elementOf(letters.slice(0, 1)) ?? "";
}

/** Whether a residue stands for no known matter, whatever elements its file gives. */
export const isVirtual = (residue: string): boolean => VIRTUAL_RESIDUES.has(residue.trim().toUpperCase());

/** Letters of a name in capitals, up to the first that is none; digits may stand before them. */
const lettersOf = (name: string): string => /^[^A-Za-z]*([A-Za-z]*)/.exec(name.trim())![1]!.toUpperCase();
