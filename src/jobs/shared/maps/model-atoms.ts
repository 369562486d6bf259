import { FormatError, OptionError } from "../../../core/errors.js";
import type { Report } from "../../../core/ports.js";
import { readStructure } from "../../../io/structure/read.js";
import {
  type Atom,
  applyAssembly,
  atomsOf,
  ROUNDED,
  type Structure,
  unknownElements,
} from "../../../io/structure/structure.js";
import { refuseUnknownFactors, warnOfModel, warnOfOverlap } from "./model-doubts.js";

/** The assembly that is made of all models of a file, as in files of biological assemblies (.pdb1). */
const MODELS = "models";

/** Which atoms of a file make up a particle: `potential`'s options of the same names. */
export interface AtomChoice {
  readonly assembly?: string;
  readonly modelNumber?: number;
  readonly waters?: boolean;
  readonly minimumConfidence?: number;
  readonly bFactors?: boolean;
}

/**
 * The atoms of a particle, from the contents of a PDB or mmCIF file: a model, its confident atoms, as the biological assembly. What was
 * left out or chosen among several is told.
 *
 * @throws FormatError for the file, OptionError for a model or an assembly that it has not got
 */
export function readModelAtoms(bytes: Uint8Array, path: string, options: AtomChoice, report: Report): Atom[] {
  const structure = readStructure(bytes, path);
  const ofModels = options.assembly === MODELS;
  if (ofModels && options.modelNumber !== undefined) {
    throw new OptionError(
      "modelNumber",
      `found \`assembly\` ${MODELS}, which takes all models, expected one of them`,
    );
  }
  if (options.bFactors && options.minimumConfidence !== undefined) {
    const expected = "one of them: models with a confidence have it in place of the B factor";
    throw new OptionError("bFactors", `found \`minimumConfidence\` too, expected ${expected}`);
  }
  const selection = {
    ...(options.modelNumber !== undefined && { model: options.modelNumber }),
    ...(ofModels && { model: "all" as const }),
    waters: options.waters ?? false,
    ...(options.minimumConfidence !== undefined && { minimumConfidence: options.minimumConfidence }),
  };
  const unknown = unknownElements(structure.atoms, selection);
  if (unknown) report.note(`${path}: ${unknown}`);
  const selected = withOccupancies(atomsOf(structure, selection), path, report);
  if (options.bFactors) refuseStrangeBFactors(selected, path);
  if (!ofModels) noteModels(structure, selected[0]!.model, report);
  refuseUnknownFactors(selected, path);
  warnOfModel(structure, selected, options, report);
  if (options.assembly === "none" || ofModels) return selected;
  const known = structure.assemblies.map(({ id }) => id);
  if (options.assembly !== undefined && !known.includes(options.assembly)) {
    const expected =
      known.length > 0 ? `one of ${known.join(", ")}, or none` : "none, since the file defines no assembly";
    throw new OptionError("assembly", `${path}: found "${options.assembly}", expected ${expected}`);
  }
  const assembled = applyAssembly(structure, selected, options.assembly);
  noteLeftOut(structure, selected, options.assembly ?? known[0], report);
  warnOfOverlap(structure, selected, options.assembly ?? known[0], report);
  return assembled;
}

/** Says which chains an assembly leaves out: the file may hold more than one of it, or chains that were named anew. */
function noteLeftOut(
  { path, assemblies }: Structure,
  atoms: readonly Atom[],
  id: string | undefined,
  report: Report,
): void {
  const operations = assemblies.find((assembly) => assembly.id === id)?.operations ?? [];
  const left = atoms.filter(({ assemblyChain }) =>
    operations.every(({ chains }) => chains && !chains.has(assemblyChain)),
  );
  if (operations.length === 0 || left.length === 0) return;
  const chains = [...new Set(left.map(({ chain }) => chain))].join(", ");
  report.note(
    `${path}: assembly ${id} leaves out ${left.length} of ${atoms.length} atoms (chain ${chains}): \`assembly\` none takes all`,
  );
}

/** Programs that simulate movement write 0 for all atoms, others charges: neither are shares. */
function withOccupancies(atoms: Atom[], path: string, report: Report): Atom[] {
  if (atoms.every(({ occupancy }) => occupancy === 0)) {
    report.note(`${path}: the occupancy of all atoms is 0, which cannot be meant: 1 is used`);
    return atoms.map((atom) => ({ ...atom, occupancy: 1 }));
  }
  const strange = atoms.filter(({ occupancy }) => occupancy < 0 || occupancy > 1);
  if (strange.length > 0) {
    report.warn(
      `${path}: ${strange.length} atoms have occupancies outside 0 to 1, such as ${strange[0]!.occupancy}: they are used as they are`,
    );
  }
  return withSharedPlaces(atoms, path, report);
}

/** Alternate places of one atom share its occupancy. Where a program wrote 1, or nothing, for each, the atom would count twice. */
function withSharedPlaces(atoms: Atom[], path: string, report: Report): Atom[] {
  const keyOf = ({ model, assemblyChain, residueId, name }: Atom): string =>
    [model, assemblyChain, residueId, name].join(" ");
  const sums = new Map<string, number>();
  for (const atom of atoms)
    if (atom.alternate !== "") sums.set(keyOf(atom), (sums.get(keyOf(atom)) ?? 0) + atom.occupancy);
  const isOver = (atom: Atom): boolean =>
    atom.alternate !== "" && sums.get(keyOf(atom))! > Math.max(1, atom.occupancy) + ROUNDED;
  const over = atoms.filter(isOver);
  const first = over[0];
  if (!first) return atoms;
  const count = new Set(over.map(keyOf)).size;
  const { name, residue, residueId, chain } = first;
  report.warn(
    `${path}: the alternate places of ${count} atoms have occupancies that add up to more than 1, as those of atom ${name} of ` +
      `${residue} ${residueId}, chain ${chain}: they are divided by their sum`,
  );
  return atoms.map((atom) =>
    isOver(atom) ? { ...atom, occupancy: atom.occupancy / sums.get(keyOf(atom))! } : atom,
  );
}

/** Angstrom²: an atom of more has no place. */
const MOST_B = 1000;

/** @throws FormatError for a B factor that is none, as where another quantity stands in its column */
function refuseStrangeBFactors(atoms: readonly Atom[], path: string): void {
  const strange = atoms.find(({ bFactor }) => !(bFactor >= 0 && bFactor <= MOST_B));
  if (!strange) return;
  const { name, residue, residueId, chain, bFactor } = strange;
  const at = `B factor of atom ${name} of ${residue} ${residueId}, chain ${chain}`;
  throw new FormatError(path, at, bFactor, `0 to ${MOST_B} angstrom², or no \`bFactors\``);
}

/** Says which of several models is used: they may be alternatives, as of NMR, or the copies of an assembly. */
function noteModels({ path, atoms }: Structure, used: number, report: Report): void {
  const models = new Set(atoms.map(({ model }) => model)).size;
  if (models === 1) return;
  report.note(
    `${path}: model ${used} of ${models}: \`modelNumber\` takes another one, \`assembly\` ${MODELS} all of them as one assembly`,
  );
}
