import { symmetricEigen } from "../../array/eigen.js";
import { integerInRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { type Blocks, rigidBlocks } from "./blocks.js";
import { choleskyFactor, choleskySolve, orthonormalise } from "./dense.js";
import type { ElasticNetwork } from "./network.js";

/** A slow motion of an elastic network. */
export interface NormalMode {
  /** Stiffness: of a network whose springs have strength 1, per angstrom squared. */
  readonly eigenvalue: number;
  /** x, y, z of each node in turn; sum of squares 1; the largest component is positive. */
  readonly displacements: Float64Array;
}

/** Most rigid blocks that a network is divided into; below as many nodes every node moves by itself. */
const MOST_BLOCKS = 300;
/** Vectors that are iterated beyond those asked for, so that the last ones converge as well. */
const EXTRA_VECTORS = 8;
/** Relative change of the eigenvalues at which the iteration ends, and where it gives up. */
const TOLERANCE = 1e-10;
const MOST_ITERATIONS = 300;

/**
 * The slowest modes of an elastic network, without its six rigid motions.
 *
 * Large networks are divided into rigid blocks of consecutive nodes (Durand et al. 1994, Biopolymers 34:759; Tama et al.
 * 2000, Proteins 41:1). Up to 300 nodes the modes are those of the network itself; beyond, stiffness is a little too
 * high. All nodes have the same mass.
 *
 * @param count 1 to 50
 * @param mostBlocks into which a larger network is divided
 * @returns slowest first; of a symmetric model several may be equally slow, and any rotation among them is as good
 * @throws DomainError for more modes than there are, or a network that is not rigid, as a chain of far too few springs
 */
export function slowModes(
  network: ElasticNetwork,
  count: number,
  mostBlocks = MOST_BLOCKS,
): readonly NormalMode[] {
  const blocks = rigidBlocks(network, mostBlocks);
  const { size } = blocks;
  integerInRange("slowModes: count", count, 1, Math.min(50, size - 6));
  const matrix = stiffness(network, blocks);
  lift(matrix, size, blocks.rigidMotions(network.positions));
  const factor = choleskyFactor(matrix, size);
  if (!factor) {
    throw new DomainError("motions that no spring holds", "more than six", "six: take a larger cutoff");
  }
  const { values, vectors } = smallestEigen(factor, size, count);
  return values.map((eigenvalue, i) => ({
    eigenvalue,
    displacements: signed(blocks.spread(vectors[i]!)),
  }));
}

/**
 * The second derivatives of the energy by the coordinates of the blocks: each spring pulls along its direction at both ends.
 *
 * @returns size x size, symmetric
 */
function stiffness({ positions, springs }: ElasticNetwork, blocks: Blocks): Float64Array {
  const { size } = blocks;
  const matrix = new Float64Array(size * size);
  for (let s = 0; s < springs.length; s += 2) {
    const [a, b] = [springs[s]!, springs[s + 1]!];
    const direction = [0, 1, 2].map((axis) => positions[3 * a + axis]! - positions[3 * b + axis]!);
    const length = Math.sqrt(direction[0]! ** 2 + direction[1]! ** 2 + direction[2]! ** 2);
    if (length === 0) throw new DomainError("distance of two nodes", 0, "more than 0: one atom stands twice");
    const unit = direction.map((value) => value / length);
    const pull = [...blocks.project(a, unit, 1), ...blocks.project(b, unit, -1)];
    for (const { at: i, value: u } of pull) {
      for (const { at: j, value: v } of pull) matrix[i * size + j]! += u * v;
    }
  }
  return matrix;
}

/** Makes the rigid motions stiffer than all else, so that the slowest modes are the internal ones. */
function lift(matrix: Float64Array, size: number, motions: readonly Float64Array[]): void {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += matrix[i * size + i]!;
  for (const motion of motions) {
    for (let i = 0; i < size; i++) {
      const scaled = trace * motion[i]!;
      if (scaled !== 0) for (let j = 0; j < size; j++) matrix[i * size + j]! += scaled * motion[j]!;
    }
  }
}

/** The smallest eigenvalues by subspace iteration with the inverse (Golub & Van Loan, Matrix Computations, section 8.2). */
function smallestEigen(factor: Float64Array, size: number, count: number) {
  const random = Random.of(1, "subspace iteration");
  const width = Math.min(size, count + EXTRA_VECTORS);
  let vectors: readonly Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: size }, () => random.normal()),
  );
  orthonormalise(vectors);
  let values: Float64Array = new Float64Array(width);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const solved = vectors.map((vector) => choleskySolve(factor, size, vector));
    // Rayleigh and Ritz: the eigenvectors of the inverse within the subspace
    const inner = new Float64Array(width * width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) inner[i * width + j] = dot(vectors[i]!, solved[j]!);
    const small = symmetricEigen({ data: inner, n: width });
    vectors = Array.from({ length: width }, (_, i) =>
      combine(solved, small.vectors.data.subarray(i * width, (i + 1) * width)),
    );
    orthonormalise(vectors);
    const next = small.values.map((value) => 1 / value);
    const change = Math.max(...next.slice(0, count).map((value, i) => Math.abs(value - values[i]!) / value));
    values = next;
    if (change < TOLERANCE) return { values: [...values.slice(0, count)], vectors: vectors.slice(0, count) };
  }
  throw new DomainError("iterations for the slow modes", MOST_ITERATIONS, "fewer: take fewer modes");
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function combine(vectors: readonly Float64Array[], weights: Float64Array): Float64Array {
  const out = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, k) => {
    const weight = weights[k]!;
    for (let i = 0; i < out.length; i++) out[i]! += weight * vector[i]!;
  });
  return out;
}

/** In place: the component of the largest size is made positive. */
function signed(values: Float64Array): Float64Array {
  let largest = 0;
  for (let i = 1; i < values.length; i++) {
    // nearly equal ones of a symmetric model: the first counts
    if (Math.abs(values[i]!) > Math.abs(values[largest]!) * (1 + 1e-6)) largest = i;
  }
  if (values[largest]! < 0) for (let i = 0; i < values.length; i++) values[i]! *= -1;
  return values;
}
