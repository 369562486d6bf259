import { DomainError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import type { NormalMode } from "./modes.js";
import type { ElasticNetwork } from "./network.js";

/**
 * How far each conformation lies along each mode.
 *
 * Along one mode: evenly from -`rmsd` to `rmsd`, a movement. Along several: normal deviates with the variances of thermal
 * motion, inverse to each mode's stiffness, scaled so that together they are `rmsd` (root of the mean square).
 *
 * @param rmsd angstrom, root of the mean square displacement of the nodes
 * @param nodes of the network
 * @returns for each conformation a factor for each mode's displacements
 */
export function amplitudesAlong(
  modes: readonly NormalMode[],
  count: number,
  rmsd: number,
  nodes: number,
  random: Random,
): readonly (readonly number[])[] {
  if (modes.length === 0) throw new DomainError("modes", 0, "at least one");
  // displacements have unit length over all nodes
  const whole = rmsd * Math.sqrt(nodes);
  if (modes.length === 1) {
    return Array.from({ length: count }, (_, i) => [
      count === 1 ? whole : whole * ((2 * i) / (count - 1) - 1),
    ]);
  }
  const softness = modes.map(({ eigenvalue }) => 1 / eigenvalue);
  const total = softness.reduce((sum, value) => sum + value, 0);
  return Array.from({ length: count }, () =>
    softness.map((value) => whole * Math.sqrt(value / total) * random.normal()),
  );
}

/** Displacements of the nodes, x, y, z of each in turn, angstrom. */
export function displacementsOf(modes: readonly NormalMode[], amplitudes: readonly number[]): Float64Array {
  const out = new Float64Array(modes[0]!.displacements.length);
  modes.forEach(({ displacements }, m) => {
    for (let i = 0; i < out.length; i++) out[i]! += amplitudes[m]! * displacements[i]!;
  });
  return out;
}

/** Atoms moved as their nodes are. */
export function moveAtoms<T extends { readonly x: number; readonly y: number; readonly z: number }>(
  atoms: readonly T[],
  { nodeOfAtom }: ElasticNetwork,
  displacements: Float64Array,
): T[] {
  return atoms.map((atom, i) => {
    const at = 3 * nodeOfAtom[i]!;
    return {
      ...atom,
      x: atom.x + displacements[at]!,
      y: atom.y + displacements[at + 1]!,
      z: atom.z + displacements[at + 2]!,
    };
  });
}

/**
 * The largest change of a distance between two nodes that follow each other in a chain, angstrom. Modes are straight lines, so large
 * turns stretch the chain: above about 1 angstrom a model is no longer one of a protein.
 */
export function largestStretch(
  { positions, chainStarts }: ElasticNetwork,
  displacements: Float64Array,
): number {
  const starts = new Set(chainStarts);
  const distance = (node: number, moved: boolean): number => {
    let squares = 0;
    for (let axis = 0; axis < 3; axis++) {
      const at = 3 * node + axis;
      const along = positions[at]! - positions[at - 3]!;
      squares += (along + (moved ? displacements[at]! - displacements[at - 3]! : 0)) ** 2;
    }
    return Math.sqrt(squares);
  };
  let largest = 0;
  for (let node = 1; node < positions.length / 3; node++) {
    if (!starts.has(node))
      largest = Math.max(largest, Math.abs(distance(node, true) - distance(node, false)));
  }
  return largest;
}
