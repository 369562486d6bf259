/**
 * The lower factor L of a symmetric positive definite matrix, L Lᵀ, row by row (Golub & Van Loan, Matrix Computations, section 4.2).
 *
 * @returns undefined where the matrix is not positive definite to rounding
 */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      const [a, b] = [i * n, j * n];
      for (let k = 0; k < j; k++) sum -= l[a + k]! * l[b + k]!;
      if (i !== j) l[a + j] = sum / l[b + j]!;
      else if (sum > 1e-12 * matrix[i * n + i]!) l[a + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** Solves L Lᵀ x = b. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!;
    x[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= l[i * n + i]!;
    const value = x[i]!;
    for (let k = 0; k < i; k++) x[k]! -= l[i * n + k]! * value;
  }
  return x;
}

/** In place: makes vectors orthonormal, each against those before it, twice for the sake of rounding (Gram and Schmidt). */
export function orthonormalise(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, i) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, i)) {
        let dot = 0;
        for (let k = 0; k < vector.length; k++) dot += vector[k]! * earlier[k]!;
        for (let k = 0; k < vector.length; k++) vector[k]! -= dot * earlier[k]!;
      }
    }
    let squares = 0;
    for (const value of vector) squares += value * value;
    const scale = 1 / Math.sqrt(squares);
    for (let k = 0; k < vector.length; k++) vector[k]! *= scale;
  });
}
