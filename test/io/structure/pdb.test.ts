import { describe, expect, test } from "vitest";
import { readPdb } from "../../../src/io/structure/pdb.js";
import { applyAssembly, selectAtoms } from "../../../src/io/structure/structure.js";
import { hasSharedData, sharedText } from "../shared-data.js";

const ATOM = "ATOM      1  CA AALA A   5A     11.104   6.134  -6.504  0.50 17.25           C  ";
const WATER = "HETATM    2  O   HOH B 301       1.000   2.000   3.000                          ";
const REMARK = [
  "REMARK 350 BIOMOLECULE: 1",
  "REMARK 350 APPLY THE FOLLOWING TO CHAINS: A,",
  "REMARK 350                    AND CHAINS: B",
  "REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000",
  "REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000",
  "REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000",
  "REMARK 350 APPLY THE FOLLOWING TO CHAINS: A",
  "REMARK 350   BIOMT1   2  0.000000 -1.000000  0.000000       10.00000",
  "REMARK 350   BIOMT2   2  1.000000  0.000000  0.000000       20.00000",
  "REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000       30.00000",
  "REMARK 350 BIOMOLECULE: 2",
  "REMARK 350 APPLY THE FOLLOWING TO CHAINS: B",
  "REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000",
  "REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000",
  "REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000",
];
const read = (...lines: string[]) => readPdb(lines.join("\n"), "x.pdb");

describe("atoms", () => {
  test("every column", () => {
    expect(read(ATOM).atoms).toEqual([
      {
        element: "C",
        name: "CA",
        residue: "ALA",
        residueId: "5A",
        chain: "A",
        assemblyChain: "A",
        x: 11.104,
        y: 6.134,
        z: -6.504,
        occupancy: 0.5,
        bFactor: 17.25,
        alternate: "A",
        isHetero: false,
        model: 1,
      },
    ]);
  });

  test("an empty occupancy is 1, an empty B factor 0, an empty element that of the name's columns", () => {
    expect(read(WATER).atoms[0]).toMatchObject({ element: "O", occupancy: 1, bFactor: 0, isHetero: true });
  });

  test.each([
    [" CA ", "C"],
    ["CA  ", "C"],
    ["HG  ", "H"],
    ["FE  ", "Fe"],
    ["HD11", "H"],
    ["1HB ", "H"],
    [" OXT", "O"],
  ])("the name %j without an element column means %s", (name, element) => {
    const line = `${ATOM.slice(0, 12)}${name}${ATOM.slice(16, 66)}`;
    expect(read(line).atoms[0]!.element).toBe(element);
  });

  test.each([
    [
      "END, the same again,",
      [ATOM, "END", WATER, ATOM, "END"],
      'line 4: found "CA of ALA 5A, chain A, as before END of line 2"',
    ],
    ["ENDMDL without MODEL", [ATOM, "ENDMDL", ATOM], 'line 3: found "an atom after ENDMDL of line 2"'],
    [
      "the end of a model",
      ["MODEL 1", ATOM, "ENDMDL", ATOM],
      'line 4: found "an atom after ENDMDL of line 3"',
    ],
    ["MODEL of the same number", ["MODEL 1", ATOM, "ENDMDL", "MODEL 1", ATOM], "line 4, MODEL: found 1"],
    ["MODEL without a number", ["MODEL", ATOM], 'line 1, MODEL: found "", expected a number'],
  ])("atoms behind %s are refused: frames would be added up", (_, lines, message) => {
    expect(() => read(...lines)).toThrow(`x.pdb: ${message}`);
  });

  test("parts of one structure may have END between them", () => {
    expect(read(ATOM, "END", WATER, "END").atoms).toHaveLength(2);
  });

  test("models keep their numbers; the first is selected, without water, above a confidence", () => {
    const { atoms } = read("MODEL        1", ATOM, WATER, "ENDMDL", "MODEL        2", ATOM, "ENDMDL");
    expect(atoms.map(({ model }) => model)).toEqual([1, 1, 2]);
    expect(selectAtoms(atoms)).toEqual([atoms[0]]);
    expect(selectAtoms(atoms, { waters: true })).toHaveLength(2);
    expect(selectAtoms(atoms, { model: 2 })).toEqual([atoms[2]]);
    expect(() => selectAtoms(atoms, { minimumConfidence: 70 })).toThrow("atoms selected: found 0");
  });
});

describe("water goes by any name where an oxygen and two hydrogens are all that a residue has", () => {
  const site = (name: string, residue: string, x: number, element: string): string =>
    `ATOM      1 ${name} ${residue} W   9    ${x.toFixed(3).padStart(8)}   6.134  -6.504  1.00 20.00          ${element.padStart(2)}`;

  test.each(["SPC", "T3P", "TP3", "OPC"])("%s", (name) => {
    const water = [
      site(" OW ", name, 1, "O"),
      site(" HW1", name, 1.9, "H"),
      site(" HW2", name, 0.8, "H"),
      site(" MW ", name, 1.2, "M"),
    ];
    expect(selectAtoms(read(ATOM, ...water).atoms)).toHaveLength(1);
    expect(selectAtoms(read(ATOM, ...water).atoms, { waters: true })).toHaveLength(4);
  });

  test("a ligand of such a name is kept", () => {
    const ligand = [site(" O1P", "T3P", 1, "O"), site(" P  ", "T3P", 2.5, "P")];
    expect(selectAtoms(read(ATOM, ...ligand).atoms)).toHaveLength(3);
    expect(
      selectAtoms(read(ATOM, site(" O1 ", "OXY", 1, "O"), site(" O2 ", "OXY", 2.2, "O")).atoms),
    ).toHaveLength(3);
  });
});

describe("assemblies", () => {
  test("each operation moves its own chains", () => {
    const structure = read(...REMARK, ATOM, WATER);
    expect(structure.assemblies.map(({ id, operations }) => [id, operations.length])).toEqual([
      ["1", 2],
      ["2", 1],
    ]);
    const moved = applyAssembly(structure);
    expect(moved.map(({ chain }) => chain)).toEqual(["A", "B", "A"]);
    expect([moved[2]!.x, moved[2]!.y, moved[2]!.z]).toBeAllclose([10 - 6.134, 20 + 11.104, 30 - 6.504]);
    expect(applyAssembly(structure, structure.atoms, "2").map(({ chain }) => chain)).toEqual(["B"]);
  });

  test("a list of chains that ends in a comma goes on, with or without AND CHAINS", () => {
    const bare = REMARK.map((line) => line.replace("                    AND CHAINS: B", " B"));
    expect(read(...bare, ATOM, WATER).assemblies[0]!.operations[0]!.chains).toEqual(new Set(["A", "B"]));
  });

  test("a structure without any is its own; an unknown one is named", () => {
    expect(applyAssembly(read(ATOM, WATER))).toHaveLength(2);
    const structure = read(...REMARK, ATOM);
    expect(() => applyAssembly(structure, structure.atoms, "3")).toThrow('found "3", expected one of [1, 2]');
    expect(() => applyAssembly(structure, structure.atoms, "2")).toThrow("atoms of assembly 2: found 0");
  });
});

describe("refusals", () => {
  test.each([
    [
      "a coordinate",
      [ATOM.replace("6.134", "6.1x4")],
      'x.pdb: line 1, columns 39-46 (y): found "6.1x4", expected a number',
    ],
    ["a cut line", [ATOM.slice(0, 40)], "columns 39-46 (y)"],
    [
      "a record that begins beside its columns",
      [ATOM, ` ${ATOM}`],
      'x.pdb: line 2: found " ATOM      1  CA AALA A   5A  ", expected a record that begins in the first column',
    ],
    ["no atoms", ["HEADER"], "ATOM records: found 0, expected at least one atom"],
    ["a missing row", [...REMARK.slice(0, 5), ...REMARK.slice(6), ATOM], "line 7, BIOMT1: found"],
    [
      "an unfinished operator",
      [...REMARK.slice(0, 5), ATOM],
      'REMARK 350: found "2 rows of the last operator"',
    ],
    [
      "a stretched operator",
      [...REMARK.slice(0, 3), REMARK[3]!.replace("1.0", "2.0"), ...REMARK.slice(4), ATOM],
      "orthonormal",
    ],
    ["an operator's number", [REMARK[3]!.replace("1.0", "1.x"), ATOM], "line 1, BIOMT1: found"],
  ])("%s", (_name, lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });
});

describe.skipIf(!hasSharedData)("real models (needs ../shared/data)", () => {
  test("apoferritin's assembly has 24 subunits about its centre, in a shell of 35 to 67 angstrom", () => {
    const structure = readPdb(sharedText("maps/2za7_L_ferritin.pdb"), "2za7.pdb");
    expect(structure.assemblies[0]!.operations).toHaveLength(24);
    const subunit = selectAtoms(structure.atoms);
    const atoms = applyAssembly(structure, subunit);
    expect(atoms).toHaveLength(24 * subunit.length);
    const centre = (axis: "x" | "y" | "z") => atoms.reduce((sum, atom) => sum + atom[axis], 0) / atoms.length;
    const [x, y, z] = [centre("x"), centre("y"), centre("z")];
    const radii = atoms
      .map((atom) => Math.hypot(atom.x - x, atom.y - y, atom.z - z))
      .toSorted((a, b) => a - b);
    expect(radii[0]).toBeCloseTo(35, 0);
    expect(radii.at(-1)).toBeCloseTo(67.4, 0);
  });

  test("beta-galactosidase: 33696 atoms, of which 32824 not hetero", () => {
    const { atoms } = readPdb(sharedText("maps/5A1A_betagal.pdb"), "5A1A.pdb");
    expect([atoms.length, atoms.filter((atom) => !atom.isHetero).length]).toEqual([33696, 32824]);
  });
});
