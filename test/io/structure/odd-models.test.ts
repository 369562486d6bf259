import { describe, expect, test } from "vitest";
import { readMmcif } from "../../../src/io/structure/mmcif.js";
import { readPdb } from "../../../src/io/structure/pdb.js";
import { readStructure } from "../../../src/io/structure/read.js";
import { selectAtoms, unknownElements } from "../../../src/io/structure/structure.js";
import { caseBytes, hasSharedCases } from "../shared-data.js";

/** A record by its parts; `name` is columns 13-16 as they are. */
function record(
  name: string,
  residue: string,
  { serial = "    1", tail = "", kind = "ATOM  " }: { serial?: string; tail?: string; kind?: string } = {},
): string {
  const start = `${kind}${serial}`.padEnd(12).slice(0, 12);
  return `${start}${name} ${residue.padEnd(3)} A   1      11.104   6.134  -6.504  1.00 20.00${tail}`;
}
const read = (...lines: string[]) => readPdb(lines.join("\n"), "x.pdb");
const elements = (...lines: string[]) => read(...lines).atoms.map(({ element }) => element);

describe("serial numbers after 99999", () => {
  test("begin in column 6, and their records are read", () => {
    const lines = [
      record(" CA ", "ALA", { serial: "99999" }),
      record(" CA ", "ALA", { kind: "ATOM ", serial: "100000" }),
      record(" CA ", "ALA", { kind: "HETATM", serial: "100001" }),
      record(" CA ", "ALA", { serial: "A0000" }),
    ];
    expect(lines[1]!.slice(0, 16)).toBe("ATOM 100000  CA ");
    expect(read(...lines).atoms.map(({ x }) => x)).toEqual([11.104, 11.104, 11.104, 11.104]);
  });

  test("a record in small letters is read, one beside its columns refused by line", () => {
    const line = record(" CA ", "ALA");
    expect(read(`atom${line.slice(4)}`).atoms).toHaveLength(1);
    expect(() => read(line, ` ${line}`)).toThrow("x.pdb: line 2: found");
    expect(() => read("REMARK   1 ATOM 12 is not one", "END")).toThrow("ATOM records: found 0");
  });
});

describe("elements of atoms without an element column", () => {
  const BACKBONE = [record("N   ", "ALA"), record("C   ", "ALA")];

  test.each([
    ["CA  ", "ALA", "C"],
    [" CA ", "ALA", "C"],
    ["HG  ", "SER", "H"],
    ["HG11", "VAL", "H"],
    ["1HB ", "ALA", "H"],
    ["NE2 ", "HIS", "N"],
    ["CD1 ", "LEU", "C"],
    ["OP1 ", " DA", "O"],
    ["P   ", " DA", "P"],
    ["SE  ", "MSE", "Se"],
    ["SD  ", "MET", "S"],
  ])("%j of %s is %s, whichever column its name starts in", (name, residue, element) => {
    expect(elements(record(name, residue))).toEqual([element]);
    expect(elements(...BACKBONE, record(name, residue))[2]).toBe(element);
    expect(elements(record(name, residue, { tail: "                " }))).toEqual([element]);
  });

  test.each([
    ["CA  ", "CA ", "Ca"],
    [" CA ", "CA ", "Ca"],
    ["NA  ", "NA ", "Na"],
    ["NA+ ", "NA+", "Na"],
    ["CL- ", "CL-", "Cl"],
    ["K   ", "K  ", "K"],
    ["ZN  ", " ZN", "Zn"],
    ["SOD ", "SOD", "Na"],
    ["CLA ", "CLA", "Cl"],
    ["POT ", "POT", "K"],
    ["CAL ", "CAL", "Ca"],
    ["CES ", "CES", "Cs"],
  ])("%j of the residue %s is the ion %s", (name, residue, element) => {
    for (const kind of ["ATOM  ", "HETATM"]) {
      expect(elements(record(name, residue, { kind }))).toEqual([element]);
      expect(elements(...BACKBONE, record(name, residue, { kind }))[2]).toBe(element);
    }
  });

  test("in a ligand two letters in their columns are a symbol, unless the file starts all names there", () => {
    const iron = record("FE  ", "HEM", { kind: "HETATM" });
    const mercury = record("HG  ", "MMC", { kind: "HETATM" });
    const nitrogen = record(" NA ", "HEM", { kind: "HETATM" });
    expect(elements(iron, mercury, nitrogen)).toEqual(["Fe", "Hg", "N"]);
    const left = record("NA  ", "HEM", { kind: "HETATM" });
    expect(elements(...BACKBONE, iron, left).slice(2)).toEqual(["Fe", "N"]);
  });

  test("columns 77-78 that are no letters belong to a line number", () => {
    expect(elements(record(" CA ", "ALA", { tail: "      1ABC 171" }))).toEqual(["C"]);
    expect(elements(record(" N  ", "ALA", { tail: "   2  1ABC  70" }))).toEqual(["N"]);
    expect(elements(record(" N  ", "ALA", { tail: "      P1   N" }))).toEqual(["N"]);
    expect(elements(record(" HT1", "ALA", { tail: "      P1    " }))).toEqual(["H"]);
  });

  test("an mmCIF file without symbols", () => {
    const cif = (symbol: string) =>
      `data_x\nloop_\n${[
        "group_PDB",
        "type_symbol",
        "label_atom_id",
        "label_comp_id",
        "Cartn_x",
        "Cartn_y",
        "Cartn_z",
      ]
        .map((item) => `_atom_site.${item}\n`)
        .join("")}ATOM ${symbol} CA ALA 1 2 3\nHETATM ${symbol} CA CA 4 5 6\n`;
    const elementsOf = (text: string) => readMmcif(text, "x.cif").atoms.map(({ element }) => element);
    expect(elementsOf(cif("?"))).toEqual(["C", "Ca"]);
    const without = cif("").replace("_atom_site.type_symbol\n", "");
    expect(elementsOf(without)).toEqual(["C", "Ca"]);
    // with its charge
    expect(elementsOf(cif("ZN2+"))).toEqual(["Zn", "Zn"]);
  });
});

describe("virtual sites", () => {
  const carbon = record(" CA ", "ALA");
  test.each([
    ["EPW ", "WAT"],
    [" MW ", "SOL"],
    [" M  ", "TIP"],
    ["LP1 ", "LIG"],
    ["ORIG", "XXX"],
    [" X  ", "XXX"],
    [" UNK", "UNX"],
    [" N  ", "DUM"],
  ])("%j of %s is no element, and left out", (name, residue) => {
    const { atoms } = read(carbon, record(name, residue, { kind: "HETATM" }));
    expect(selectAtoms(atoms, { waters: true })).toEqual([atoms[0]]);
    expect(unknownElements(atoms, { waters: true })).toBe(
      `1 atom is left out as no known element (${name.trim()} of ${residue})`,
    );
  });

  test("those in water that is left out anyway are not spoken of; a file of nothing else is refused", () => {
    const { atoms } = read(carbon, record("EPW ", "WAT"));
    expect(unknownElements(atoms)).toBeUndefined();
    const unknown = record(" X  ", "UNK", { tail: "           X" });
    expect(read(unknown).atoms[0]!.element).toBe("");
    expect(() => selectAtoms(read(unknown).atoms)).toThrow("atoms selected: found 0");
  });
});

describe("coordinates beside their columns", () => {
  test.each([
    ["    -1234.5671123.4561178.901", "columns 31-38 (x)", '"-1234.56"', 35],
    ["    31256.96532685.06460403.930", "columns 31-38 (x)", '"31256.96"', 35],
    ["      11.104 1236.134  -6.504", "columns 39-46 (y)", '" 1236.13"', 43],
  ])("%s is refused, though all three look like numbers", (coordinates, at, found, column) => {
    const line = `ATOM      1  N   THR A  11${coordinates.padStart(27)}`;
    expect(() => read(line)).toThrow(
      `x.pdb: line 1, ${at}: found ${found}, expected a number with its decimal point in column ${column}`,
    );
  });
});

test("lines may end in a carriage return, a line feed or both", () => {
  const lines = [" N  ", " CA ", " C  ", " O  ", " CB ", " H  "].map((name, i) =>
    record(name, "ALA").replace("11.104", `${11 + i}.104`),
  );
  for (const end of ["\n", "\r\n", "\r"]) {
    const bytes = new TextEncoder().encode(lines.join(end) + end);
    expect(readStructure(bytes, "x.pdb").atoms, JSON.stringify(end)).toHaveLength(6);
  }
});

describe.skipIf(!hasSharedCases)("models that went wrong (needs ../shared/cases)", () => {
  const kept = (name: string, waters = false) =>
    selectAtoms(readStructure(caseBytes(name), name).atoms, { waters }).map(({ element, x, y, z }) => ({
      ...{ element, x, y, z },
    }));

  test("six-digit serials", () => expect(kept("six-digit-serials/six.pdb")).toHaveLength(24));

  test.each([
    ["atom-names-left/left-noelement.pdb", "atom-names-left/standard.pdb"],
    ["atom-names-left/left-elementleft.pdb", "atom-names-left/standard.pdb"],
    ["atom-names-left/standard-noelement.pdb", "atom-names-left/standard.pdb"],
    ["atom-names-left/left-silent.pdb", "atom-names-left/standard-silent.pdb"],
    ["virtual-sites/amber-epw.pdb", "virtual-sites/protein.pdb"],
    ["virtual-sites/gromacs-mw.pdb", "virtual-sites/protein.pdb"],
    ["virtual-sites/rosetta-virt.pdb", "virtual-sites/protein.pdb"],
    ["virtual-sites/unx.cif", "virtual-sites/protein.pdb"],
    ["virtual-sites/unx.pdb", "virtual-sites/protein.pdb"],
    ["old-pdb-columns/partial.pdb", "old-pdb-columns/full.pdb"],
  ])("%s has the atoms of %s", (name, standard) => expect(kept(name)).toEqual(kept(standard)));

  test.each(["old-line-numbers.pdb", "old-line-numbers-3digits.pdb"])("%s", (name) => {
    expect(kept(`old-pdb-columns/${name}`).map(({ element }) => element)).toEqual(["N", "C", "C", "C"]);
  });

  test.each(["shift1-noocc.pdb", "squished-noocc.pdb", "squished.pdb"])("%s is refused", (name) => {
    expect(() => kept(`pdb-overflow/${name}`)).toThrow(/line 1, columns 31-38 \(x\): found/);
  });
});
