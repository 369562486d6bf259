import { describe, expect, test } from "vitest";
import { readStructure } from "../../../src/io/structure/read.js";
import { atomsOf } from "../../../src/io/structure/structure.js";

interface Place {
  readonly at: readonly [x: number, y: number, z: number];
  readonly residue?: string;
  readonly alternate?: string;
  readonly occupancy?: number;
}

/** Atoms CA of residues in their order, by the columns of PDB. */
const pdb = (places: readonly Place[]): Uint8Array =>
  new TextEncoder().encode(
    places
      .map(({ at, residue = "ALA", alternate = " ", occupancy = 1 }, i) => {
        const serial = String(i + 1).padStart(5);
        const numbers = at.map((value) => value.toFixed(3).padStart(8)).join("");
        return `ATOM  ${serial}  CA ${alternate}${residue} A${String(i + 1).padStart(4)}    ${numbers}${occupancy.toFixed(2).padStart(6)} 20.00           C\n`;
      })
      .join(""),
  );
/** A chain whose atoms lie 3.8 angstrom apart, and bend. */
const CHAIN = Array.from({ length: 30 }, (_, i): Place => ({ at: [3.2 * i, 2 * (i % 2), 0.5 * i] }));
const scaled = (factor: number): Place[] =>
  CHAIN.map(({ at: [x, y, z] }) => ({ at: [factor * x, factor * y, factor * z] }));
const read = (places: readonly Place[]) => readStructure(pdb(places), "x.pdb");

describe("atoms where no molecule has them are refused:", () => {
  test("in nanometre, or all in one place", () => {
    expect(read(CHAIN).atoms).toHaveLength(30);
    expect(() => read(scaled(0.1))).toThrow(
      /^x\.pdb: coordinates: found "atoms 0\.38\d? apart that follow each other", expected angstrom, where bonds are 1 to 2: not nanometre$/,
    );
    expect(() => read(scaled(0))).toThrow("atoms 0 apart");
    // too few to judge by
    expect(read(scaled(0.1).slice(0, 5)).atoms).toHaveLength(5);
  });

  test("at 9999, or several in one place, as where a program could not place them", () => {
    const lost = CHAIN.map((place, i): Place => (i === 3 ? { at: [9999, 9999, 9999] } : place));
    expect(() => read(lost)).toThrow(
      "x.pdb: atom CA of ALA 4, chain A: found [9999,9999,9999], expected its place: 9999 stands for none",
    );
    const at = (count: number, more: Partial<Place> = {}) =>
      read(CHAIN.map((place, i): Place => (i < 30 - count ? place : { at: [0, 50, 0], ...more }))).atoms;
    // an ion and a water that take turns, alternate places of one atom
    expect(at(2)).toHaveLength(30);
    expect(at(4, { occupancy: 0.5 })).toHaveLength(30);
    expect(at(4, { alternate: "A" })).toHaveLength(30);
    expect(() => at(3)).toThrow(
      'x.pdb: atom CA of ALA 30, chain A: found "one place with other atoms (0, 50, 0)", expected a place of its own',
    );
  });

  test("twice in one place, unless their occupancies say that each is there half the time", () => {
    const text = new TextDecoder().decode(pdb(CHAIN));
    const twice = (content: string) => readStructure(new TextEncoder().encode(content + content), "x.pdb");
    expect(() => twice(text)).toThrow(
      'x.pdb: atom CA of ALA 1, chain A: found "it twice in one place", expected each atom once',
    );
    expect(twice(text.replaceAll("  1.00 20.00", "  0.50 20.00")).atoms).toHaveLength(60);
    expect(() => twice(text.replaceAll("  1.00 20.00", "  0.00 20.00"))).toThrow("it twice in one place");
  });
});

test("a file of water alone is named where nothing is kept of it", () => {
  const water = read(CHAIN.map((place) => ({ ...place, residue: "HOH" })));
  expect(() => atomsOf(water)).toThrow(
    "x.pdb: atoms that are kept of 30, water left out: found 0, expected at least one",
  );
  expect(atomsOf(water, { waters: true })).toHaveLength(30);
});
