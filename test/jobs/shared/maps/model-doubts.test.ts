import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { judgeStructure } from "../../../../src/jobs/check/structure.js";
import { readModelAtoms } from "../../../../src/jobs/shared/maps/model-atoms.js";
import { nodeFiles } from "../../../../src/runtime/files.js";
import { jobContext } from "../../../helpers/job-context.js";
import { scratchFolder } from "../../../helpers/scratch.js";

interface Site {
  readonly name?: string;
  readonly residue?: string;
  readonly chain?: string;
  readonly number: number;
  readonly x: number;
  readonly element?: string;
}

const pdbLine = ({ name = " CB ", residue = "ALA", chain = "A", number, x, element = "C" }: Site): string =>
  `ATOM      1 ${name} ${residue} ${chain}${String(number).padStart(4)}    ${x.toFixed(3).padStart(8)}` +
  `   5.000   2.000  1.00 20.00          ${element.padStart(2)}`;

/** Rows of an operator that turns by half about z; of the identity without a turn. */
const rows = (isTurned: boolean): string[] =>
  [isTurned ? [-1, 0, 0] : [1, 0, 0], isTurned ? [0, -1, 0] : [0, 1, 0], [0, 0, 1]].map((row) =>
    row.map((value) => value.toFixed(6).padStart(10)).join(""),
  );
const BIOMT = [
  "REMARK 350 BIOMOLECULE: 1",
  "REMARK 350 APPLY THE FOLLOWING TO CHAINS: A, B",
  ...[1, 2].flatMap((serial) =>
    rows(serial === 2).map((row, i) => `REMARK 350   BIOMT${i + 1}   ${serial}${row}        0.00000`),
  ),
];
const mtrix = (serial: number, isTurned: boolean, given: string): string[] =>
  rows(isTurned).map(
    (row, i) => `MTRIX${i + 1}${String(serial).padStart(4)}${row}        0.00000    ${given}`,
  );

function warningsOf(lines: readonly string[], options = {}, path = "m.pdb"): readonly string[] {
  const { context, warnings } = jobContext();
  readModelAtoms(new TextEncoder().encode(lines.join("\n")), path, options, context.report);
  return warnings;
}

const chain = Array.from({ length: 40 }, (_, i): Site => ({ number: i + 1, x: 10 + 3.8 * i }));

describe("copies of an assembly", () => {
  const first = chain.map(pdbLine);
  const second = chain.map(({ number, x }) =>
    pdbLine({ chain: "B", number, x: -x }).replace("   5.000", "  -5.000"),
  );

  test("that lie on each other are warned of: the file holds the whole particle already", () => {
    const lines = [...BIOMT, ...first, ...second];
    expect(warningsOf(lines)).toEqual([
      expect.stringMatching(/^m.pdb: assembly 1 lays 80 of 160 atoms on those of another copy/),
    ]);
    expect(warningsOf(lines, { assembly: "none" })).toEqual([]);
  });

  test("that lie beside each other are not", () => {
    expect(warningsOf([...BIOMT, ...first])).toEqual([]);
  });
});

describe("symmetry that is left to the reader", () => {
  const copies = [...mtrix(1, false, "1"), ...mtrix(2, true, " "), ...mtrix(3, true, "1")];

  test("is warned of, where no assembly has it", () => {
    const lines = [...copies, ...chain.map(pdbLine)];
    expect(warningsOf(lines)).toEqual([
      expect.stringContaining("m.pdb: its operators of non-crystallographic symmetry describe 1 copies that"),
    ]);
    expect(warningsOf([...BIOMT, ...lines])).toEqual([]);
    expect(warningsOf(lines, { assembly: "none" })).toEqual([]);
    expect(warningsOf([...mtrix(1, false, " "), ...chain.map(pdbLine)])).toEqual([]);
  });

  test("of an mmCIF file likewise", () => {
    const columns = [
      "id",
      "type_symbol",
      "label_atom_id",
      "label_comp_id",
      "label_seq_id",
      "Cartn_x",
      "Cartn_y",
      "Cartn_z",
    ];
    const lines = [
      "data_x",
      "loop_",
      "_struct_ncs_oper.id",
      "_struct_ncs_oper.code",
      "1 given",
      "2 generate",
      "3 generate",
      "loop_",
      ...columns.map((name) => `_atom_site.${name}`),
      ...chain.map(({ number, x }) => `${number} C CB ALA ${number} ${x} 5 2`),
    ];
    expect(warningsOf(lines, {}, "m.cif")).toEqual([expect.stringContaining("describe 2 copies")]);
  });
});

test("a trace of CA atoms is warned of", () => {
  const trace = chain.map((site) => pdbLine({ ...site, name: " CA " }));
  expect(warningsOf(trace)).toEqual([expect.stringContaining("40 of 40 atoms are named CA or P, a trace")]);
  expect(warningsOf(chain.map(pdbLine))).toEqual([]);
});

test("B factors of a predicted model are warned of", () => {
  const lines = ["TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION FOR FERRITIN", ...chain.map(pdbLine)];
  expect(warningsOf(lines, { bFactors: true })).toEqual([expect.stringContaining("it is a predicted model")]);
  expect(warningsOf(lines)).toEqual([]);
});

test("B factors of 0, as programs of molecular dynamics write them, are warned of where they are asked for", () => {
  const lines = chain.map((site) => pdbLine(site).replace("20.00", " 0.00"));
  expect(warningsOf(lines, { bFactors: true })).toEqual([
    "m.pdb: the B factors of all atoms are 0: none is blurred",
  ]);
  expect(warningsOf(lines)).toEqual([]);
});

test("an element without a scattering factor is named with its file and atom", () => {
  const lines = [
    ...chain.map(pdbLine),
    pdbLine({ number: 99, x: 200, name: "NB  ", residue: "HEM", element: "NB" }),
  ];
  expect(() => warningsOf(lines)).toThrow(
    'm.pdb: element of atom NB of HEM 99, chain A: found "Nb", expected one with a known scattering factor',
  );
});

test("the check of a project says so too, with the particle that the project takes", async () => {
  const path = join(scratchFolder(), "whole.pdb");
  const second = chain.map(({ number, x }) =>
    pdbLine({ chain: "B", number, x: -x }).replace("   5.000", "  -5.000"),
  );
  writeFileSync(path, [...BIOMT, ...chain.map(pdbLine), ...second].join("\n"));
  expect(await judgeStructure(path, "model", 350, nodeFiles)).toEqual([
    expect.objectContaining({
      kind: "doubt",
      about: path,
      found: expect.stringMatching(/^assembly 1 lays 80 of 160/),
    }),
  ]);
  expect(await judgeStructure(path, "model", 350, nodeFiles, { assembly: "none" })).toEqual([]);
});
