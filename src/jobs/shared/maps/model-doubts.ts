import { FormatError } from "../../../core/errors.js";
import type { Report } from "../../../core/ports.js";
import { type Atom, applyAssembly, type Structure } from "../../../io/structure/structure.js";
import { hasScatteringFactor } from "../../../physics/potential/scattering.js";

/** Atoms: fewer may be anything. */
const SEVERAL = 20;
/** Share of atoms of a trace, beside which a ligand may be whole. */
const TRACED = 0.9;

/** @throws FormatError for an atom whose element has no scattering factor here, as where its symbol was taken from its name */
export function refuseUnknownFactors(atoms: readonly Atom[], path: string): void {
  const odd = atoms.find(({ element }) => !hasScatteringFactor(element));
  if (!odd) return;
  const at = `element of atom ${odd.name} of ${odd.residue} ${odd.residueId}, chain ${odd.chain}`;
  throw new FormatError(path, at, odd.element, "one with a known scattering factor: is it right?");
}

/**
 * Warns where a model has one atom of each residue, symmetry that its file leaves to the reader, or no B factors though they are
 * asked for.
 */
export function warnOfModel(
  { path, assemblies, missingCopies, isPredicted }: Structure,
  atoms: readonly Atom[],
  { assembly, bFactors }: { readonly assembly?: string; readonly bFactors?: boolean },
  report: Pick<Report, "warn">,
): void {
  const trace = atoms.filter(({ name }) => name === "CA" || name === "P").length;
  if (atoms.length >= SEVERAL && trace > TRACED * atoms.length) {
    report.warn(
      `${path}: ${trace} of ${atoms.length} atoms are named CA or P, a trace of the chains: the potential of all other atoms is missing`,
    );
  }
  if (missingCopies !== undefined && assemblies.length === 0 && assembly === undefined) {
    report.warn(
      `${path}: its operators of non-crystallographic symmetry describe ${missingCopies} copies that it does not hold, and no assembly: ` +
        "the atoms are taken as they are; expected the whole particle, if it is one with this symmetry",
    );
  }
  if (bFactors && isPredicted)
    report.warn(
      `${path}: it is a predicted model, whose confidence stands in place of B factors: leave \`bFactors\` out`,
    );
  if (bFactors && atoms.every(({ bFactor }) => bFactor === 0))
    report.warn(`${path}: the B factors of all atoms are 0: none is blurred`);
}

/** Angstrom: no two atoms of a particle lie so near, but the alternate places of one. */
const CELL = 1;
/** Angstrom: a particle and its distance from the origin are smaller. */
const FARTHEST = 1e5;
/** Share of the atoms: what lies on an axis of symmetry may meet its own copy. */
const MOST_ON_ANOTHER = 0.005;

/**
 * Warns where the copies of an assembly lie on each other: the file holds the whole particle already, or was moved, as into a map,
 * after its operators were written.
 */
export function warnOfOverlap(
  { path, assemblies, ...structure }: Structure,
  atoms: readonly Atom[],
  id: string | undefined,
  report: Pick<Report, "warn">,
): void {
  const operations = assemblies.find((assembly) => assembly.id === id)?.operations ?? [];
  if (operations.length < 2) return;
  const copyAt = new Map<number, number>();
  const numberOf = (value: number): number => Math.round(value / CELL) + FARTHEST;
  let [all, onAnother] = [0, 0];
  for (const [copy, operation] of operations.entries()) {
    const own = atoms.filter(({ assemblyChain }) => operation.chains?.has(assemblyChain) ?? true);
    if (own.length === 0) continue;
    const one = { id: "one", operations: [operation] };
    for (const { x, y, z } of applyAssembly({ ...structure, path, assemblies: [one] }, own)) {
      const cell = (numberOf(x) * 2 * FARTHEST + numberOf(y)) * 2 * FARTHEST + numberOf(z);
      const other = copyAt.get(cell);
      all++;
      if (other === undefined) copyAt.set(cell, copy);
      else if (other !== copy) onAnother++;
    }
  }
  if (onAnother < Math.max(SEVERAL, MOST_ON_ANOTHER * all)) return;
  report.warn(
    `${path}: assembly ${id} lays ${onAnother} of ${all} atoms on those of another copy, as where the file holds the whole ` +
      "particle already or was moved after its operators were written: `assembly` none takes the atoms as they are",
  );
}
