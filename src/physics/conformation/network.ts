import { inRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";

/** An atom as far as an elastic network needs it. */
export interface NetworkAtom {
  /** As in the model file: "CA", "P". */
  readonly name: string;
  readonly element: string;
  readonly residueId: string;
  readonly chain: string;
  /** Angstrom. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Which nodes stand for a residue: C-alpha of an amino acid, three atoms of a nucleotide. */
const NODES: ReadonlySet<string> = new Set(["CA", "P", "C4'", "C2"]);

/** An elastic network: nodes, and springs between all that are near. */
export interface ElasticNetwork {
  /** Angstrom: x, y, z of each node in turn. */
  readonly positions: Float64Array;
  /** Pairs of nodes: first and second of each spring in turn. */
  readonly springs: Int32Array;
  /** First nodes of the chains, in order: a block does not reach over from one to the next. */
  readonly chainStarts: readonly number[];
  /** For each atom the node that it moves with: the nearest of its own residue, else the nearest of all. */
  readonly nodeOfAtom: Int32Array;
}

/**
 * The elastic network of a model (Atilgan et al. 2001, Biophys. J. 80:505): one node a C-alpha, and P, C4' and C2 of nucleotides, as ProDy
 * takes them; springs of one strength between all nodes at most `cutoff` apart.
 *
 * @param atoms in the order of the file: those of a residue stand together, copies of an assembly one after the other
 * @param cutoff angstrom
 * @throws DomainError for a model with fewer than four nodes, or one that falls into parts farther apart than the cutoff
 */
export function elasticNetwork(atoms: readonly NetworkAtom[], cutoff: number): ElasticNetwork {
  inRange("elastic network: cutoff", cutoff, "angstrom", 1, 100);
  const residues = residuesOf(atoms);
  const nodes: NetworkAtom[] = [];
  const chainStarts: number[] = [];
  const nodesOfResidue = residues.map(({ first, end }) => {
    const from = nodes.length;
    for (let i = first; i < end; i++) if (isNode(atoms[i]!)) nodes.push(atoms[i]!);
    return { from, to: nodes.length };
  });
  residues.forEach(({ startsChain }, i) => {
    const { from, to } = nodesOfResidue[i]!;
    if (to > from && (startsChain || chainStarts.length === 0)) chainStarts.push(from);
  });
  if (nodes.length < 4) {
    throw new DomainError("C-alpha or nucleotide atoms of the model", nodes.length, "at least 4");
  }
  const positions = Float64Array.from(nodes.flatMap(({ x, y, z }) => [x, y, z]));
  const springs = pairsWithin(positions, cutoff);
  requireOnePart(springs, nodes.length, cutoff);
  const nodeOfAtom = new Int32Array(atoms.length);
  residues.forEach(({ first, end }, i) => {
    const own = nodesOfResidue[i]!;
    const range = own.to > own.from ? own : { from: 0, to: nodes.length };
    for (let atom = first; atom < end; atom++) nodeOfAtom[atom] = nearest(positions, atoms[atom]!, range);
  });
  return { positions, springs, chainStarts, nodeOfAtom };
}

/** Calcium is called CA too. */
const isNode = ({ name, element }: NetworkAtom): boolean => NODES.has(name) && element.toUpperCase() !== "CA";

interface Residue {
  readonly first: number;
  readonly end: number;
  readonly startsChain: boolean;
}

/** Runs of atoms of one residue. A copy of a chain begins where the numbers go back to those of the first residue. */
function residuesOf(atoms: readonly NetworkAtom[]): readonly Residue[] {
  const residues: Residue[] = [];
  for (let first = 0; first < atoms.length; ) {
    const { chain, residueId } = atoms[first]!;
    let end = first + 1;
    while (end < atoms.length && atoms[end]!.chain === chain && atoms[end]!.residueId === residueId) end++;
    const before = atoms[first - 1];
    const goesBack = before && Number.parseInt(residueId, 10) < Number.parseInt(before.residueId, 10);
    residues.push({ first, end, startsChain: !before || before.chain !== chain || Boolean(goesBack) });
    first = end;
  }
  return residues;
}

/** All pairs of points at most `cutoff` apart, found through cells of that size. */
function pairsWithin(positions: Float64Array, cutoff: number): Int32Array {
  const cells = new Map<string, number[]>();
  const cellOf = (node: number): [number, number, number] =>
    [0, 1, 2].map((axis) => Math.floor(positions[3 * node + axis]! / cutoff)) as [number, number, number];
  const pairs: number[] = [];
  for (let node = 0; node < positions.length / 3; node++) {
    const [cx, cy, cz] = cellOf(node);
    for (let x = cx - 1; x <= cx + 1; x++) {
      for (let y = cy - 1; y <= cy + 1; y++) {
        for (let z = cz - 1; z <= cz + 1; z++) {
          for (const other of cells.get(`${x} ${y} ${z}`) ?? []) {
            if (squaredDistance(positions, node, other) <= cutoff * cutoff) pairs.push(other, node);
          }
        }
      }
    }
    const key = `${cx} ${cy} ${cz}`;
    const members = cells.get(key);
    if (members) members.push(node);
    else cells.set(key, [node]);
  }
  return Int32Array.from(pairs);
}

const squaredDistance = (positions: Float64Array, a: number, b: number): number =>
  (positions[3 * a]! - positions[3 * b]!) ** 2 +
  (positions[3 * a + 1]! - positions[3 * b + 1]!) ** 2 +
  (positions[3 * a + 2]! - positions[3 * b + 2]!) ** 2;

/** @throws DomainError where springs do not join all nodes: their parts could move freely */
function requireOnePart(springs: Int32Array, nodes: number, cutoff: number): void {
  const parent = Int32Array.from({ length: nodes }, (_, i) => i);
  const rootOf = (node: number): number => {
    let root = node;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
    return root;
  };
  let parts = nodes;
  for (let i = 0; i < springs.length; i += 2) {
    const [a, b] = [rootOf(springs[i]!), rootOf(springs[i + 1]!)];
    if (a === b) continue;
    parent[a] = b;
    parts--;
  }
  if (parts > 1) {
    throw new DomainError(
      `parts of the model that lie farther than ${cutoff} angstrom from each other`,
      parts,
      "one",
    );
  }
}

function nearest(
  positions: Float64Array,
  { x, y, z }: NetworkAtom,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let node = from; node < to; node++) {
    const distance =
      (positions[3 * node]! - x) ** 2 +
      (positions[3 * node + 1]! - y) ** 2 +
      (positions[3 * node + 2]! - z) ** 2;
    if (distance < least) [least, best] = [distance, node];
  }
  return best;
}
