import { solveNonNegative } from "./nonnegative.js";

/** A power spectrum along curves of equal CTF phase: bin i holds `count[i]` samples of mean `mean[i]` at `k[i]`, 1/angstrom. */
export interface EquiphaseProfile {
  readonly k: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
}

export interface RingFit {
  /** Smooth curve under the rings, of each bin. */
  readonly baseline: Float64Array;
  /** Smooth height of the rings over the baseline, of each bin. */
  readonly envelope: Float64Array;
  /** Weighted sum of squares that baseline and rings explain together. */
  readonly explained: number;
}

export interface RingBasis {
  /** Baseline functions first, then envelope functions: row i of `functions` are the values at the bins. */
  readonly functions: readonly Float64Array[];
  readonly baselines: number;
}

/**
 * Triangular functions on evenly spaced knots over [low, high] of k, constant outside: with coefficients >= 0 they
 * make any smooth positive curve. Few knots, so that a baseline cannot follow the rings themselves.
 */
export function ringBasis(
  k: Float64Array,
  [low, high]: readonly [number, number],
  knots: { readonly baseline: number; readonly envelope: number },
): RingBasis {
  const hats = (count: number): Float64Array[] =>
    Array.from({ length: count }, (_, knot) =>
      k.map((value) => {
        const at = ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (count - 1);
        return Math.max(0, 1 - Math.abs(at - knot));
      }),
    );
  return { functions: [...hats(knots.baseline), ...hats(knots.envelope)], baselines: knots.baseline };
}

/**
 * Least-squares fit of profile = baseline(k) + envelope(k) ring(k), both curves >= 0. Fitting the curves together with
 * the rings keeps a falling spectrum from moving the rings' apparent maxima.
 */
export function fitRings(
  profile: Pick<EquiphaseProfile, "mean" | "count">,
  ring: Float64Array,
  basis: RingBasis,
): RingFit {
  const { functions, baselines } = basis;
  const bins = ring.length;
  const n = functions.length;
  const columns = functions.map((values, i) => (i < baselines ? values : values.map((v, b) => v * ring[b]!)));
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  const weighted = new Float64Array(bins);
  for (let i = 0; i < n; i++) {
    const column = columns[i]!;
    let sum = 0;
    for (let b = 0; b < bins; b++) {
      weighted[b] = column[b]! * profile.count[b]!;
      sum += weighted[b]! * profile.mean[b]!;
    }
    right[i] = sum;
    for (let j = 0; j <= i; j++) {
      const other = columns[j]!;
      let product = 0;
      for (let b = 0; b < bins; b++) product += weighted[b]! * other[b]!;
      matrix[i * n + j] = product;
      matrix[j * n + i] = product;
    }
  }
  const x = solveNonNegative(matrix, right);
  const baseline = new Float64Array(bins);
  const envelope = new Float64Array(bins);
  let explained = 0;
  for (let i = 0; i < n; i++) {
    explained += right[i]! * x[i]!;
    const curve = i < baselines ? baseline : envelope;
    for (let b = 0; b < bins; b++) curve[b]! += x[i]! * functions[i]![b]!;
  }
  return { baseline, envelope, explained };
}
