import { type SquareMatrix, symmetricEigen, traceOfRootOfProduct } from "../../array/eigen.js";
import { DomainError, ShapeError } from "../../core/errors.js";

/** Feature vectors, one a row. */
export interface FeatureMatrix {
  /** Row-major, rows x dimensions. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly dimensions: number;
}

/** Mean and covariance (divided by n - 1) of feature vectors. */
export interface FeatureGaussian {
  readonly mean: Float64Array;
  readonly covariance: SquareMatrix;
}

/**
 * The Gaussian fitted to feature vectors.
 *
 * @throws DomainError for fewer than two vectors
 */
export function fitGaussian({ data, rows, dimensions }: FeatureMatrix): FeatureGaussian {
  if (rows < 2) throw new DomainError("feature vectors for a Gaussian", rows, "at least 2");
  const mean = new Float64Array(dimensions);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dimensions; i++) mean[i]! += data[row * dimensions + i]! / rows;
  }
  const covariance = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dimensions; i++) centred[i] = data[row * dimensions + i]! - mean[i]!;
    for (let i = 0; i < dimensions; i++) {
      const factor = centred[i]! / (rows - 1);
      for (let j = i; j < dimensions; j++) covariance[i * dimensions + j]! += factor * centred[j]!;
    }
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j < i; j++) covariance[i * dimensions + j] = covariance[j * dimensions + i]!;
  }
  return { mean, covariance: { data: covariance, n: dimensions } };
}

/**
 * Squared Frechet (2-Wasserstein) distance of two Gaussians:
 *
 *   |m1 - m2|² + tr(C1 + C2 - 2 (C1^½ C2 C1^½)^½)
 *
 * Source: Dowson & Landau 1982, J. Multivariate Anal. 12:450; for image sets Heusel et al. 2017.
 *
 * Bias: between Gaussians fitted to n and m vectors of the same distribution with d independent unit features it is
 * not 0 but about (d + d (d + 1) / 4) (1/n + 1/m). Compare only distances of equal counts, and with the floor of equal
 * counts: the realism protocol does.
 *
 * @throws ShapeError if the dimensions differ
 */
export function frechetDistance(a: FeatureGaussian, b: FeatureGaussian): number {
  const n = a.mean.length;
  if (b.mean.length !== n) throw new ShapeError("Frechet distance", [n, b.mean.length], "equal dimensions");
  let distance = 0;
  for (let i = 0; i < n; i++) {
    distance += (a.mean[i]! - b.mean[i]!) ** 2;
    distance += a.covariance.data[i * n + i]! + b.covariance.data[i * n + i]!;
  }
  return distance - 2 * traceOfRootOfProduct(a.covariance, b.covariance);
}

/**
 * `frechetDistance` of the Gaussians fitted to two sets of feature vectors, without their covariances: with the centred vectors over the
 * root of n - 1 as rows of A and B the trace is the sum of the singular values of A Bᵀ. Faster where there are fewer vectors than
 * dimensions.
 *
 * @throws ShapeError if the dimensions differ, DomainError for fewer than two vectors
 */
export function frechetOfVectors(a: FeatureMatrix, b: FeatureMatrix): number {
  if (a.dimensions !== b.dimensions) {
    throw new ShapeError("Frechet distance", [a.dimensions, b.dimensions], "equal dimensions");
  }
  if (a.dimensions <= Math.min(a.rows, b.rows)) return frechetDistance(fitGaussian(a), fitGaussian(b));
  const [left, right] = [centredRows(a), centredRows(b)];
  let distance = 0;
  for (let i = 0; i < a.dimensions; i++) distance += (left.mean[i]! - right.mean[i]!) ** 2;
  for (const { data } of [left, right]) for (const value of data) distance += value * value;
  const products = timesTransposed(left.data, a.rows, right.data, b.rows, a.dimensions);
  const squares = { data: timesTransposed(products, a.rows, products, a.rows, b.rows), n: a.rows };
  for (const value of symmetricEigen(squares).values) distance -= 2 * Math.sqrt(Math.max(0, value));
  return distance;
}

function centredRows({ data, rows, dimensions }: FeatureMatrix) {
  if (rows < 2) throw new DomainError("feature vectors for a Gaussian", rows, "at least 2");
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < data.length; i++) mean[i % dimensions]! += data[i]! / rows;
  const scale = 1 / Math.sqrt(rows - 1);
  return { mean, data: data.map((value, i) => scale * (value - mean[i % dimensions]!)) };
}

/** Product of a matrix [n, width] with the transpose of another [m, width]: [n, m]. */
function timesTransposed(
  a: Float64Array,
  n: number,
  b: Float64Array,
  m: number,
  width: number,
): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let dot = 0;
      for (let k = 0; k < width; k++) dot += a[i * width + k]! * b[j * width + k]!;
      out[i * m + j] = dot;
    }
  }
  return out;
}
