import { expect, test } from "vitest";
import { readModelAtoms } from "../../../../src/jobs/shared/maps/model-atoms.js";
import { jobContext } from "../../../helpers/job-context.js";

/** One carbon of a model. */
interface Carbon {
  readonly alternate?: string;
  readonly chain?: string;
  readonly residue?: number;
  readonly occupancy?: string;
}

const record = (
  { alternate = " ", chain = "A", residue = 1, occupancy = "1.00" }: Carbon,
  i: number,
): string =>
  `ATOM  ${String(i + 1).padStart(5)}  CA ${alternate}ALA ${chain}${String(residue).padStart(4)}    ` +
  `${(3.8 * residue + 0.4 * i).toFixed(3).padStart(8)}   0.000   0.000${occupancy.padStart(6)} 20.00           C`;

const ASSEMBLY = [
  "REMARK 350 BIOMOLECULE: 1",
  "REMARK 350 APPLY THE FOLLOWING TO CHAINS: A",
  ...["1.000000  0.000000  0.000000", "0.000000  1.000000  0.000000", "0.000000  0.000000  1.000000"].map(
    (row, i) => `REMARK 350   BIOMT${i + 1}   1  ${row}        0.00000`,
  ),
];

function read(carbons: readonly Carbon[], { head = [] as readonly string[], ...options } = {}) {
  const { context, notes, warnings } = jobContext();
  const text = [...head, ...carbons.map(record)].join("\n");
  const atoms = readModelAtoms(new TextEncoder().encode(text), "m.pdb", options, context.report);
  return { occupancies: atoms.map(({ occupancy }) => occupancy), notes, warnings };
}

test("alternate places of one atom count as one atom, whatever their occupancies are written as", () => {
  const shared = read([
    { alternate: "A", occupancy: "0.60" },
    { alternate: "B", occupancy: "0.40" },
  ]);
  expect(shared).toEqual({ occupancies: [0.6, 0.4], notes: [], warnings: [] });
  for (const occupancy of ["1.00", ""]) {
    const { occupancies, warnings } = read([
      { alternate: "A", occupancy },
      { alternate: "B", occupancy },
      { alternate: "A", occupancy, residue: 2 },
    ]);
    expect(occupancies).toEqual([0.5, 0.5, 1]);
    expect(warnings).toEqual([
      "m.pdb: the alternate places of 1 atoms have occupancies that add up to more than 1, as those of atom CA of ALA 1, chain A: " +
        "they are divided by their sum",
    ]);
  }
});

test("chains that an assembly leaves out are said, and how to take them", () => {
  const carbons = [{}, { chain: "B" }, { chain: "B", residue: 2 }];
  const { occupancies, notes } = read(carbons, { head: ASSEMBLY });
  expect(occupancies).toHaveLength(1);
  expect(notes).toEqual(["m.pdb: assembly 1 leaves out 2 of 3 atoms (chain B): `assembly` none takes all"]);
  expect(read([{}], { head: ASSEMBLY }).notes).toEqual([]);
  expect(() => read([{ chain: "B" }], { head: ASSEMBLY })).toThrow(
    "m.pdb: atoms of assembly 1: found 0, expected chains that the model has, or `assembly` none for the atoms as they are",
  );
});
