/** Probabilities of every pair of a view and a shift, from the logarithms that a matcher or a graph made. */
export interface Posterior {
  /** [views, shifts], sum 1. */
  readonly probability: Float64Array;
  /** Sums over shifts, and over orientations. */
  readonly ofView: Float64Array;
  readonly ofShift: Float64Array;
  /** The index of the likeliest pair. */
  readonly best: number;
  /** Logarithm of the sum of exp(score) over all pairs. */
  readonly evidence: number;
}

/**
 * Probabilities from scores, which are their logarithms but for a constant.
 *
 * @param scores [views, shifts]; @param prior logarithm of the probability of each shift, added to its scores
 */
export function posterior(scores: Float32Array, prior: ArrayLike<number>): Posterior {
  const shifts = prior.length;
  const views = scores.length / shifts;
  const probability = new Float64Array(scores.length);
  let best = 0;
  for (let i = 0; i < scores.length; i++) {
    probability[i] = scores[i]! + prior[i % shifts]!;
    if (probability[i]! > probability[best]!) best = i;
  }
  const highest = probability[best]!;
  const ofView = new Float64Array(views);
  const ofShift = new Float64Array(shifts);
  let sum = 0;
  for (let o = 0, i = 0; o < views; o++) {
    for (let s = 0; s < shifts; s++, i++) {
      // 10^5 pairs of exp(-30) each sum to 1e-8, which is negligible beside 1
      const below = probability[i]! - highest;
      const value = below > -30 ? Math.exp(below) : 0;
      probability[i] = value;
      ofView[o]! += value;
      ofShift[s]! += value;
      sum += value;
    }
  }
  for (const list of [probability, ofView, ofShift]) {
    for (let i = 0; i < list.length; i++) list[i]! /= sum;
  }
  return { probability, ofView, ofShift, best, evidence: highest + Math.log(sum) };
}

/** How many of the likeliest are kept. */
export interface Keeping {
  /** Of the probability. */
  readonly share: number;
  /** Whatever their share. */
  readonly fewest: number;
  readonly most: number;
}

/** Indices of the largest probabilities that make up a share of their sum, largest first. */
export function likeliest(
  probabilities: ArrayLike<number>,
  { share, fewest, most }: Keeping,
): readonly number[] {
  // sorting numbers is several times faster than sorting indices: find the least value that is kept, then the indices of all above
  const sorted = Float64Array.from(probabilities).sort();
  const least = sorted[Math.max(0, sorted.length - most)] ?? 0;
  const order: number[] = [];
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    total += probabilities[i]!;
    if (probabilities[i]! >= least) order.push(i);
  }
  order.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  let sum = 0;
  let count = 0;
  const end = Math.min(most, order.length);
  while (count < end && (count < fewest || sum < share * total)) sum += probabilities[order[count++]!]!;
  return order.slice(0, count);
}
