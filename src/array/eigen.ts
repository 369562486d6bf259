import { ShapeError } from "../core/errors.js";

/** A square matrix, row-major, n x n. */
export interface SquareMatrix {
  readonly data: Float64Array;
  readonly n: number;
}

export interface EigenSystem {
  /** Eigenvalues, largest first. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors: vector i is row i. */
  readonly vectors: SquareMatrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations,
 * section 8.5): to rounding error, in time n³ times about ten sweeps. Only the upper triangle is read.
 */
export function symmetricEigen(matrix: SquareMatrix): EigenSystem {
  const { n } = matrix;
  if (matrix.data.length !== n * n)
    throw new ShapeError("symmetricEigen", [matrix.data.length], `${n} x ${n}`);
  const a = matrix.data.slice();
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!;
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  let size = 0;
  for (const x of a) size += x * x;
  for (let sweep = 0; sweep < 60 && 2 * offDiagonal(a, n) > 1e-30 * size; sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (a[p * n + q] !== 0) rotate(a, v, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors: { data: vectors, n } };
}

/** Sum of squares above the diagonal. */
function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) sum += a[i * n + j]! ** 2;
  return sum;
}

/** The rotation in the plane (p, q) that makes a[p, q] zero, applied to a from both sides and to the rows of v. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const tau = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (const rows of [a, v]) {
    for (let k = 0, i = p * n, j = q * n; k < n; k++, i++, j++) {
      const pk = rows[i]!;
      const qk = rows[j]!;
      rows[i] = c * pk - s * qk;
      rows[j] = s * pk + c * qk;
    }
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

/** The symmetric square root of a positive semidefinite matrix; eigenvalues below 0 by rounding count as 0. */
export function symmetricSquareRoot(matrix: SquareMatrix): SquareMatrix {
  const { n } = matrix;
  const { values, vectors } = symmetricEigen(matrix);
  const data = new Float64Array(n * n);
  for (let e = 0; e < n; e++) {
    const root = Math.sqrt(Math.max(0, values[e]!));
    for (let i = 0; i < n; i++) {
      const scaled = root * vectors.data[e * n + i]!;
      for (let j = 0; j < n; j++) data[i * n + j]! += scaled * vectors.data[e * n + j]!;
    }
  }
  return { data, n };
}

/** The matrix product a b. */
export function multiply(a: SquareMatrix, b: SquareMatrix): SquareMatrix {
  const { n } = a;
  if (b.n !== n) throw new ShapeError("multiply", [b.n, b.n], `${n} x ${n}`);
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a.data[i * n + k]!;
      for (let j = 0; j < n; j++) data[i * n + j]! += factor * b.data[k * n + j]!;
    }
  }
  return { data, n };
}

/** Trace of (A^1/2 B A^1/2)^1/2 of two covariance matrices: the cross term of the Frechet distance of two normals. */
export function traceOfRootOfProduct(a: SquareMatrix, b: SquareMatrix): number {
  const root = symmetricSquareRoot(a);
  const { values } = symmetricEigen(multiply(multiply(root, b), root));
  return values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
