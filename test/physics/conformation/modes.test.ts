import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.js";
import { readStructure } from "../../../src/io/structure/read.js";
import { type Atom, applyAssembly, selectAtoms } from "../../../src/io/structure/structure.js";
import {
  amplitudesAlong,
  displacementsOf,
  largestStretch,
  moveAtoms,
} from "../../../src/physics/conformation/conformation.js";
import { slowModes } from "../../../src/physics/conformation/modes.js";
import { elasticNetwork, type NetworkAtom } from "../../../src/physics/conformation/network.js";

interface Described {
  readonly eigenvalues: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

const model = "examples/apoferritin-10146/2za7.pdb";
const structure = readStructure(readFileSync(model), model);
const monomer = selectAtoms(structure.atoms);
const prody: { readonly nodes: number; readonly monomer: Described; readonly blocks: Described } = JSON.parse(
  readFileSync("test/fixtures/physics/modes.json", "utf8"),
);

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [product, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return product / Math.sqrt(aa * bb);
};

describe("slow modes", () => {
  test.each([
    ["every node by itself", "monomer", undefined],
    ["rigid blocks of three residues", "blocks", 57],
  ] as const)("are those of ProDy: %s", (_, name, most) => {
    const network = elasticNetwork(monomer, 15);
    expect(network.positions).toHaveLength(3 * prody.nodes);
    const modes = slowModes(network, 6, most);
    modes.forEach(({ eigenvalue, displacements }, i) => {
      expect(eigenvalue / prody[name].eigenvalues[i]!).toBeCloseTo(1, 5);
      expect(Math.abs(cosine(displacements, prody[name].vectors[i]!))).toBeGreaterThan(0.99999);
    });
  });

  test("hold nothing of a shift or a turn of the whole, and the energy of a mode is its eigenvalue", () => {
    const network = elasticNetwork(monomer, 15);
    const { positions, springs } = network;
    for (const { eigenvalue, displacements } of slowModes(network, 3)) {
      for (const axis of [0, 1, 2]) {
        const shift = Float64Array.from(positions, (_, i) => (i % 3 === axis ? 1 : 0));
        const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
        const turn = new Float64Array(positions.length);
        for (let at = 0; at < turn.length; at += 3) {
          turn[at + u] = -positions[at + v]!;
          turn[at + v] = positions[at + u]!;
        }
        expect(Math.abs(cosine(displacements, shift))).toBeLessThan(1e-8);
        expect(Math.abs(cosine(displacements, turn))).toBeLessThan(1e-8);
      }
      let energy = 0;
      for (let s = 0; s < springs.length; s += 2) {
        const [a, b] = [3 * springs[s]!, 3 * springs[s + 1]!];
        const along = [0, 1, 2].map((axis) => positions[a + axis]! - positions[b + axis]!);
        const stretch = along.reduce(
          (sum, value, axis) => sum + value * (displacements[a + axis]! - displacements[b + axis]!),
          0,
        );
        energy += stretch ** 2 / (along[0]! ** 2 + along[1]! ** 2 + along[2]! ** 2);
      }
      expect(energy / eigenvalue).toBeCloseTo(1, 8);
    }
  });

  test("of the whole assembly of 24 chains come in families, as its symmetry asks", () => {
    const assembly = applyAssembly(structure, monomer);
    const network = elasticNetwork(assembly, 15);
    expect(network.chainStarts).toHaveLength(24);
    const values = slowModes(network, 12, 100).map(({ eigenvalue }) => eigenvalue);
    // the representations of the octahedral group have one, two or three dimensions
    const families: number[] = [];
    for (const [i, value] of values.entries()) {
      if (i > 0 && value / values[i - 1]! < 1 + 1e-4) families[families.length - 1]!++;
      else families.push(1);
    }
    expect(Math.max(...families.slice(0, -1))).toBeLessThanOrEqual(3);
    expect(families.slice(0, -1).some((count) => count > 1)).toBe(true);
  });
});

describe("conformations", () => {
  const network = elasticNetwork(monomer, 15);
  const modes = slowModes(network, 3);
  const nodes = network.positions.length / 3;
  const rmsdOf = (displacements: Float64Array): number =>
    Math.sqrt(displacements.reduce((sum, value) => sum + value * value, 0) / nodes);

  test("along one mode go evenly from one end to the other", () => {
    const amplitudes = amplitudesAlong(modes.slice(0, 1), 5, 2, nodes, Random.of(1));
    const moved = amplitudes.map((each) => displacementsOf(modes.slice(0, 1), each));
    expect(moved.map(rmsdOf)).toBeAllclose([2, 1, 0, 1, 2], { absolute: 1e-9 });
    expect(cosine(moved[0]!, moved[4]!)).toBeCloseTo(-1, 9);
  });

  test("along several are drawn as heat would, together with the deviation that was asked for", () => {
    const amplitudes = amplitudesAlong(modes, 4000, 2, nodes, Random.of(1));
    const square = amplitudes.map((each) => rmsdOf(displacementsOf(modes, each)) ** 2);
    expect(Math.sqrt(square.reduce((sum, value) => sum + value) / square.length)).toBeCloseTo(2, 1);
    const spread = modes.map((_, m) => amplitudes.reduce((sum, each) => sum + each[m]! ** 2, 0));
    expect(spread[0]! / spread[2]!).toBeCloseTo(modes[2]!.eigenvalue / modes[0]!.eigenvalue, 0);
  });

  test("move all atoms of a residue, and stretch the chain little", () => {
    const displacements = displacementsOf(modes, [3 * Math.sqrt(nodes), 0, 0]);
    const moved = moveAtoms(monomer, network, displacements);
    const shift = (i: number) => [moved[i]!.x - monomer[i]!.x, moved[i]!.y - monomer[i]!.y];
    expect(moved).toHaveLength(monomer.length);
    const alpha = monomer.findIndex(({ name }) => name === "CA");
    const beta = monomer.findIndex(({ name }) => name === "CB");
    expect(shift(alpha)).toBeAllclose([displacements[0]!, displacements[1]!], { absolute: 1e-9 });
    expect(shift(beta)).toEqual(shift(alpha));
    expect(largestStretch(network, new Float64Array(3 * nodes))).toBe(0);
    const stretch = largestStretch(network, displacements);
    expect(stretch).toBeGreaterThan(0.01);
    expect(stretch).toBeLessThan(3);
  });
});

describe("elastic networks", () => {
  const alpha = (x: number, residueId: string): NetworkAtom => ({
    ...{ name: "CA", element: "C", residueId, chain: "A", x, y: (x % 7) / 3, z: (x % 5) / 2 },
  });

  test("a calcium is no node, a nucleotide has three, a ligand goes with its neighbours", () => {
    const base = ["P", "C4'", "C2", "N1"].map((name, i) => ({
      ...alpha(20 + i, "5"),
      ...{ name, element: name[0]! },
    }));
    const atoms = [
      alpha(0, "1"),
      alpha(4, "2"),
      { ...alpha(9, "3"), element: "CA" },
      alpha(12, "4"),
      ...base,
    ];
    const { positions, nodeOfAtom } = elasticNetwork(atoms, 15);
    expect(positions).toHaveLength(3 * 6);
    expect([...nodeOfAtom]).toEqual([0, 1, 2, 2, 3, 4, 5, 5]);
  });

  test("too few nodes and parts without a spring between them are refused", () => {
    const few = [alpha(0, "1"), alpha(4, "2"), alpha(8, "3")];
    expect(() => elasticNetwork(few, 15)).toThrow(/found 3, expected at least 4/);
    const apart: Atom[] = [...monomer, ...monomer.map((atom) => ({ ...atom, x: atom.x + 500 }))];
    expect(() => elasticNetwork(apart, 15)).toThrow(/farther than 15 angstrom.*found 2, expected one/);
  });

  test("a chain on a line is not rigid", () => {
    const line = Array.from({ length: 8 }, (_, i) => ({ ...alpha(4 * i, String(i)), y: 0, z: 0 }));
    expect(() => slowModes(elasticNetwork(line, 5), 1)).toThrow(/larger cutoff/);
  });
});
