import { describe, expect, test } from "vitest";
import { readMmcif } from "../../../src/io/structure/mmcif.js";
import { readPdb } from "../../../src/io/structure/pdb.js";
import { applyAssembly, selectAtoms } from "../../../src/io/structure/structure.js";
import { hasSharedData, sharedText } from "../shared-data.js";

const ITEMS = [
  "group_PDB",
  "id",
  "type_symbol",
  "label_atom_id",
  "label_alt_id",
  "label_comp_id",
  "label_asym_id",
  "label_seq_id",
  "pdbx_PDB_ins_code",
  "Cartn_x",
  "Cartn_y",
  "Cartn_z",
  "occupancy",
  "B_iso_or_equiv",
  "auth_seq_id",
  "auth_asym_id",
  "pdbx_PDB_model_num",
];
const atoms = (...rows: string[]) =>
  `#\nloop_\n${ITEMS.map((item) => `_atom_site.${item} \n`).join("")}${rows.join("\n")}\n#\n`;
const CA = "ATOM   1 C  CA    A ALA AA 1 ? 11.104 6.134 -6.504 0.50 17.25 5 A 1";
const PRIME = `ATOM   2 O  "O5'" . G   B  2 A 1.0    2.0   3.0    1.00 91.5  6 B 1`;
const WATER = "HETATM 3 O  O     . HOH C  . ? 4 5 6(1) ? . 301 A 1";

const OPERATORS = `loop_
_pdbx_struct_oper_list.id
_pdbx_struct_oper_list.type
${[1, 2, 3].flatMap((r) => [1, 2, 3].map((c) => `_pdbx_struct_oper_list.matrix[${r}][${c}]\n`).concat(`_pdbx_struct_oper_list.vector[${r}]\n`)).join("")}1 'identity operation' 1 0 0 0 0 1 0 0 0 0 1 0
2 'point symmetry operation' 0 -1 0 10
1 0 0 20
0 0 1 30
P 'transform to point frame' 1 0 0 1 0 1 0 2 0 0 1 3
#
`;
const generators = (...rows: string[]) =>
  `loop_\n_pdbx_struct_assembly_gen.assembly_id\n_pdbx_struct_assembly_gen.oper_expression\n_pdbx_struct_assembly_gen.asym_id_list\n${rows.join("\n")}\n`;
const read = (...parts: string[]) => readMmcif(`data_TEST\n_entry.id TEST\n${parts.join("")}`, "x.cif");

test("atoms, with values that are not given and a standard uncertainty", () => {
  expect(read(atoms(CA, PRIME, WATER)).atoms).toEqual([
    {
      element: "C",
      name: "CA",
      residue: "ALA",
      residueId: "5",
      chain: "A",
      assemblyChain: "AA",
      x: 11.104,
      y: 6.134,
      z: -6.504,
      occupancy: 0.5,
      bFactor: 17.25,
      alternate: "A",
      isHetero: false,
      model: 1,
    },
    {
      element: "O",
      name: "O5'",
      residue: "G",
      residueId: "6A",
      chain: "B",
      assemblyChain: "B",
      x: 1,
      y: 2,
      z: 3,
      occupancy: 1,
      bFactor: 91.5,
      alternate: "",
      isHetero: false,
      model: 1,
    },
    {
      element: "O",
      name: "O",
      residue: "HOH",
      residueId: "301",
      chain: "A",
      assemblyChain: "C",
      x: 4,
      y: 5,
      z: 6,
      occupancy: 1,
      bFactor: 0,
      alternate: "",
      isHetero: true,
      model: 1,
    },
  ]);
});

test("a cut-off on pLDDT leaves confident atoms", () => {
  const structure = read(atoms(CA, PRIME, WATER));
  expect(selectAtoms(structure.atoms, { minimumConfidence: 70 }).map(({ name }) => name)).toEqual(["O5'"]);
});

test("a single atom may stand as single values, text fields and other categories are passed over", () => {
  const single = ITEMS.map((item, i) => `_atom_site.${item}   ${CA.split(/\s+/)[i]}\n`).join("");
  const other = "_struct.title\n;A title\n_atom_site.Cartn_x 5\n;\nloop_\n_x.a _x.b\n";
  expect(read(other.replace(" _x.b", "\n_x.b"), "'1 2' 3\n4\n5\n", single).atoms).toHaveLength(1);
});

test("data blocks behind the first may hold anything but atoms, which would be passed over", () => {
  const ligand = "data_comp_LIG\nloop_\n_chem_comp_atom.atom_id\nC1\n";
  expect(read(atoms(CA), ligand).atoms).toHaveLength(1);
  expect(() => read(atoms(CA), "data_OTHER\n", atoms(CA, PRIME))).toThrow(
    'x.cif: line 27: found "_atom_site of a second data block", expected one structure a file',
  );
});

test("labels may have capitals, as CIF allows", () => {
  expect(read(atoms(CA, PRIME).toUpperCase()).atoms).toHaveLength(2);
});

describe("assemblies", () => {
  test("lists, ranges and chains by label_asym_id", () => {
    const structure = read(atoms(CA, PRIME), OPERATORS, generators("1 1-2 AA,B", "2 '(2)' B", "2 1 AA"));
    expect(structure.assemblies.map(({ id, operations }) => [id, operations.length])).toEqual([
      ["1", 2],
      ["2", 2],
    ]);
    const moved = applyAssembly(structure, structure.atoms, "2");
    expect(moved.map(({ chain, x, y, z }) => [chain, x, y, z])).toEqual([
      ["B", 8, 21, 33],
      ["A", 11.104, 6.134, -6.504],
    ]);
  });

  test("an operator that is defined twice is refused", () => {
    const twice = OPERATORS.replace("\nP ", "\n2 ");
    expect(() => read(atoms(CA, PRIME), twice, generators("1 1 AA"))).toThrow(
      /oper_list\.id: found "\w+", expected each operator once/,
    );
  });

  test("of a product the right-hand operator acts first", () => {
    const structure = read(atoms(PRIME), OPERATORS, generators("1 (P)(1,2) B"));
    expect(applyAssembly(structure).map(({ x, y, z }) => [x, y, z])).toEqual([
      [2, 4, 6],
      [9, 23, 36],
    ]);
    const reversed = read(atoms(PRIME), OPERATORS, generators("1 (2)(P) B"));
    expect(applyAssembly(reversed).map(({ x, y, z }) => [x, y, z])).toEqual([[6, 22, 36]]);
  });
});

describe("refusals", () => {
  test.each([
    [
      "a coordinate",
      [atoms(CA.replace("6.134", "6.1x4"))],
      'x.cif: line 22, _atom_site.Cartn_y: found "6.1x4", expected a number',
    ],
    ["no atoms", [], "x.cif: _atom_site: found 0, expected at least one atom"],
    [
      "a cut row",
      [atoms(CA, "ATOM 2 C")],
      'found "3 values", expected 17, up to _atom_site.pdbx_PDB_model_num',
    ],
    ["a missing item", [atoms(CA).replace("Cartn_z", "Cartn_w")], 'x.cif: _atom_site: found "no Cartn_z"'],
    [
      "one category in two loops of different lengths",
      [
        atoms(CA, PRIME).replace("_atom_site.occupancy", "_atom_site.other"),
        "loop_\n_atom_site.occupancy\n1\n",
      ],
      "1 values of _atom_site.occupancy",
    ],
    [
      "an operator that is not defined",
      [atoms(CA), OPERATORS, generators("1 7 AA")],
      "operators that are defined, not 7",
    ],
    ["too many operators", [atoms(CA), OPERATORS, generators("1 1-99999999 AA")], "at most 20000 operations"],
    [
      "too large a product",
      [atoms(CA), OPERATORS, generators(`1 ${"(1,1,1,1,1,1,1,1,1,1)".repeat(9)} AA`)],
      "at most 20000 operations",
    ],
    [
      "broken brackets",
      [atoms(CA), OPERATORS, generators("1 (1(2) AA")],
      "operators, or lists of them in brackets",
    ],
    ["no operators", [atoms(CA), generators("1 1 AA")], "_pdbx_struct_oper_list"],
    [
      "a skewed operator",
      [atoms(CA), OPERATORS.replace("1 0 0 0 0 1", "1 1 0 0 0 1"), generators("1 1 AA")],
      "orthonormal",
    ],
    ["an open text field", ["_a.b\n;x\n"], 'found "end of file"'],
  ])("%s", (_name, parts, message) => {
    expect(() => read(...parts)).toThrow(message);
  });
  test("text that is not CIF", () =>
    expect(() => readMmcif("HEADER", "x.cif")).toThrow('x.cif: line 1: found "HEADER"'));
});

describe.skipIf(!hasSharedData)("a real model (needs ../shared/data)", () => {
  test("2ZA7's atoms as mmCIF are those of its PDB file", () => {
    const pdb = readPdb(sharedText("maps/2za7_L_ferritin.pdb"), "2za7.pdb");
    const rows = pdb.atoms.map((a, i) =>
      [
        a.isHetero ? "HETATM" : "ATOM",
        i + 1,
        a.element.toUpperCase(),
        `"${a.name}"`,
        a.alternate || ".",
        a.residue,
        a.chain,
        ".",
        "?",
        a.x,
        a.y,
        a.z,
        a.occupancy,
        a.bFactor,
        a.residueId,
        a.chain,
        a.model,
      ].join(" "),
    );
    expect(read(atoms(...rows)).atoms).toEqual(pdb.atoms);
  });
});
