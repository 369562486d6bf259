/**
 * Non-negative least squares: x >= 0 that minimises x'Ax - 2 b'x, given the normal matrix A = M'M (n x n, row by row)
 * and b = M'y. Active-set method of Lawson & Hanson 1974, "Solving Least Squares Problems", chapter 23, on the normal
 * equations. A column of zeros gets the coefficient 0.
 */
export function solveNonNegative(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const x = new Float64Array(n);
  const passive: number[] = [];
  const refused = new Uint8Array(n);
  for (let round = 0; round < 3 * n; round++) {
    const next = steepest(matrix, right, x, passive, refused);
    if (next < 0) break;
    passive.push(next);
    if (!solvePassive(matrix, right, x, passive)) {
      passive.splice(passive.indexOf(next), 1);
      refused[next] = 1;
    }
  }
  return x;
}

/** The free coefficient whose growth lowers the residual fastest; -1 when none does. */
function steepest(
  matrix: Float64Array,
  right: Float64Array,
  x: Float64Array,
  passive: readonly number[],
  refused: Uint8Array,
): number {
  const n = right.length;
  let best = -1;
  let highest = 0;
  for (let i = 0; i < n; i++) {
    const diagonal = matrix[i * n + i]!;
    if (diagonal <= 0 || refused[i] === 1 || passive.includes(i)) continue;
    let slope = right[i]!;
    for (const j of passive) slope -= matrix[i * n + j]! * x[j]!;
    const gain = slope / Math.sqrt(diagonal);
    if (gain > highest + (1e-9 * Math.abs(right[i]!)) / Math.sqrt(diagonal)) {
      highest = gain;
      best = i;
    }
  }
  return best;
}

/** Solves for the passive set, stepping back and freeing whatever would turn negative; false when singular. */
function solvePassive(
  matrix: Float64Array,
  right: Float64Array,
  x: Float64Array,
  passive: number[],
): boolean {
  while (passive.length > 0) {
    const trial = solveSymmetric(matrix, right, passive);
    if (trial === undefined) return false;
    let step = 1;
    let blocking = -1;
    passive.forEach((index, k) => {
      if (trial[k]! > 0) return;
      const reach = x[index]! / (x[index]! - trial[k]!);
      if (blocking < 0 || reach < step) [step, blocking] = [reach, k];
    });
    passive.forEach((index, k) => {
      x[index]! += step * (trial[k]! - x[index]!);
    });
    if (blocking < 0) return true;
    x[passive[blocking]!] = 0;
    passive.splice(blocking, 1);
  }
  return true;
}

/** Cholesky solution over a subset of indices; undefined when the subset is linearly dependent. */
export function solveSymmetric(
  matrix: Float64Array,
  right: Float64Array,
  subset: readonly number[],
): Float64Array | undefined {
  const n = right.length;
  const m = subset.length;
  const l = new Float64Array(m * m);
  const y = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[subset[i]! * n + subset[j]!]!;
      for (let k = 0; k < j; k++) sum -= l[i * m + k]! * l[j * m + k]!;
      if (i !== j) l[i * m + j] = sum / l[j * m + j]!;
      else if (sum <= 1e-12 * matrix[subset[i]! * n + subset[i]!]!) return undefined;
      else l[i * m + i] = Math.sqrt(sum);
    }
    let sum = right[subset[i]!]!;
    for (let k = 0; k < i; k++) sum -= l[i * m + k]! * y[k]!;
    y[i] = sum / l[i * m + i]!;
  }
  for (let i = m - 1; i >= 0; i--) {
    for (let k = i + 1; k < m; k++) y[i]! -= l[k * m + i]! * y[k]!;
    y[i]! /= l[i * m + i]!;
  }
  return y;
}
