type Matrix = readonly (readonly number[])[];

/** Small numbers of which sums of products stay exact in float32; the last point is infinity. */
const POINTS = [0, 1, -1, 2, -0.5, -2, 0.5];

/**
 * The matrices by which m results of a correlation with r numbers take n = m + r - 1 products instead of m r:
 *
 *   y = result [ (kernel g) * (input d) ],   y_i = sum over k of g_k d_(i+k),   * element by element
 *
 * A polynomial product is found from its values at n points (Toom & Cook); a correlation is its transpose. `result` is
 * m x n, `kernel` n x r, `input` n x n.
 */
export function toomCook(m: number, r: number): { result: Matrix; kernel: Matrix; input: Matrix } {
  const points = POINTS.slice(0, m + r - 2);
  const others = (point: number): number[] => points.filter((each) => each !== point);
  const scale = points.map((a) => others(a).reduce((product, b) => product * (a - b), 1));
  const last = (length: number): number[] => Array.from({ length }, (_, i) => (i === length - 1 ? 1 : 0));
  const powers = (a: number, count: number): number[] => Array.from({ length: count }, (_, i) => a ** i);
  const evaluate = [...points.map((a) => powers(a, m)), last(m)];
  return {
    result: Array.from({ length: m }, (_, i) => evaluate.map((row) => row[i]!)),
    kernel: [...points.map((a, j) => powers(a, r).map((value) => value / scale[j]!)), last(r)],
    // coefficients of Lagrange's polynomials, lowest first, and of the one that is zero at every point
    input: [...points.map((a) => [...withRoots(others(a)), 0]), withRoots(points)],
  };
}

/** Coefficients of the product of (x - root), lowest first. */
function withRoots(roots: readonly number[]): number[] {
  let polynomial = [1];
  for (const root of roots) {
    const shifted = [0, ...polynomial];
    polynomial = shifted.map((value, i) => value - root * (polynomial[i] ?? 0));
  }
  return polynomial;
}
