import type { ElasticNetwork } from "./network.js";

/** Angstrom: a turn by one radian that moves a body's nodes by less in all is no turn; coordinates have three decimals. */
const NO_TURN = 1e-2;

/** A number at a place of a vector. */
interface Entry {
  readonly at: number;
  readonly value: number;
}

/** The motions of a network's rigid blocks: three shifts of each, and its turns as far as it has an extent. */
export interface Blocks {
  /** Coordinates of all blocks together. */
  readonly size: number;
  /** A vector at a node, times a factor, by the coordinates of the node's block. */
  project(node: number, vector: readonly number[], factor: number): readonly Entry[];
  /** Coordinates of the blocks as displacements: x, y, z of each node in turn. */
  spread(coordinates: Float64Array): Float64Array;
  /** The six motions of the whole, orthonormal, by the coordinates of the blocks. */
  rigidMotions(positions: Float64Array): readonly Float64Array[];
}

/**
 * Divides a network into at most about `most` blocks of consecutive nodes, none of which reaches over two chains.
 *
 * The motions of a block of n nodes are orthonormal vectors of 3 n numbers: up to six of them, three for a single node, five
 * for two.
 */
export function rigidBlocks({ positions, chainStarts }: ElasticNetwork, most: number): Blocks {
  const nodes = positions.length / 3;
  const length = Math.max(1, Math.ceil(nodes / most));
  const blocks: { readonly first: number; readonly motions: readonly Float64Array[]; readonly at: number }[] =
    [];
  const blockOf = new Int32Array(nodes);
  let size = 0;
  [...chainStarts, nodes].slice(1).forEach((end, chain) => {
    for (let first = chainStarts[chain]!; first < end; first += length) {
      const count = Math.min(length, end - first);
      blockOf.fill(blocks.length, first, first + count);
      const motions = bodyMotions(positions.subarray(3 * first, 3 * (first + count)));
      blocks.push({ first, motions, at: size });
      size += motions.length;
    }
  });
  const project: Blocks["project"] = (node, vector, factor) => {
    const { first, motions, at } = blocks[blockOf[node]!]!;
    const from = 3 * (node - first);
    return motions.map((motion, i) => ({
      at: at + i,
      value:
        factor *
        (motion[from]! * vector[0]! + motion[from + 1]! * vector[1]! + motion[from + 2]! * vector[2]!),
    }));
  };
  return {
    size,
    project,
    spread: (coordinates) => {
      const out = new Float64Array(3 * nodes);
      for (const { first, motions, at } of blocks) {
        motions.forEach((motion, i) => {
          for (let k = 0; k < motion.length; k++) out[3 * first + k]! += coordinates[at + i]! * motion[k]!;
        });
      }
      return out;
    },
    rigidMotions: (all) =>
      bodyMotions(all).map((motion) => {
        const out = new Float64Array(size);
        for (let node = 0; node < nodes; node++) {
          const vector = [motion[3 * node]!, motion[3 * node + 1]!, motion[3 * node + 2]!];
          for (const { at, value } of project(node, vector, 1)) out[at]! += value;
        }
        return out;
      }),
  };
}

/**
 * The motions of a rigid body, orthonormal: three shifts, then turns about its middle as far as they move anything: none for a single
 * node, two for nodes on a line, else three.
 */
function bodyMotions(positions: Float64Array): readonly Float64Array[] {
  const n = positions.length / 3;
  const middle = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let node = 0; node < n; node++) sum += positions[3 * node + axis]!;
    return sum / n;
  });
  const motions = [0, 1, 2].map((axis) =>
    Float64Array.from(positions, (_, i) => (i % 3 === axis ? 1 / Math.sqrt(n) : 0)),
  );
  const turns = [0, 1, 2].map((axis) => {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    const turn = new Float64Array(positions.length);
    for (let node = 0; node < n; node++) {
      turn[3 * node + u] = -(positions[3 * node + v]! - middle[v]!);
      turn[3 * node + v] = positions[3 * node + u]! - middle[u]!;
    }
    return turn;
  });
  while (turns.length > 0) {
    // the turn that moves most comes first, what the others share with it is taken off them
    turns.sort((a, b) => length(b) - length(a));
    const turn = turns.shift()!;
    if (length(turn) < NO_TURN) break;
    scale(turn, 1 / length(turn));
    motions.push(turn);
    for (const other of turns) removeShare(other, turn);
  }
  return motions;
}

const length = (vector: Float64Array): number =>
  Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}

/** In place: what a vector has of a unit vector is taken away. */
function removeShare(vector: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i]! * unit[i]!;
  for (let i = 0; i < vector.length; i++) vector[i]! -= dot * unit[i]!;
}
