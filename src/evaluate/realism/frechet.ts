import { type SquareMatrix, traceOfRootOfProduct } from "../../array/eigen.js";
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
