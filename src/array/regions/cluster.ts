import { integerInRange } from "../../core/check.js";

export interface Clusters {
  /** Means of the clusters, ascending; fewer than asked only where there are fewer distinct values. */
  readonly centres: Float64Array;
  /** For each value the index of its nearest centre. */
  readonly labels: Uint16Array;
}

/**
 * k-means of numbers, exact: the grouping with the least sum of squares, found by dynamic programming over the sorted
 * distinct values (Wang & Song 2011, R Journal 3:29), each row by divide and conquer. No seeds, no chance.
 * Time k n log n, memory k n.
 *
 * @throws DomainError for no values, or k outside 1 to 65535
 */
export function kMeans1d(values: ArrayLike<number>, k: number): Clusters {
  integerInRange("kMeans1d: number of values", values.length, 1, Number.MAX_SAFE_INTEGER);
  integerInRange("kMeans1d: k", k, 1, 65535);
  const sums = runningSums(new Float64Array(values).sort());
  const distinct = sums.weight.length - 1;
  const count = Math.min(k, distinct);
  const starts = bestStarts(sums, count);
  const centres = new Float64Array(count);
  for (let c = count - 1, end = distinct; c >= 0; c--) {
    const start = c === 0 ? 0 : starts[c]![end - 1]!;
    const weight = sums.weight[end]! - sums.weight[start]!;
    centres[c] = sums.origin + (sums.value[end]! - sums.value[start]!) / weight;
    end = start;
  }
  return { centres, labels: Uint16Array.from(values, (value) => nearest(centres, value)) };
}

/** Sums over the first i distinct values, less `origin` to keep their squares small. */
interface RunningSums {
  readonly origin: number;
  readonly weight: Float64Array;
  readonly value: Float64Array;
  readonly square: Float64Array;
}

function runningSums(sorted: Float64Array): RunningSums {
  const origin = sorted[sorted.length >> 1]!;
  const weight = new Float64Array(sorted.length + 1);
  const value = new Float64Array(sorted.length + 1);
  const square = new Float64Array(sorted.length + 1);
  let i = 0;
  sorted.forEach((x, at) => {
    if (at === 0 || x !== sorted[at - 1]) {
      i++;
      weight[i] = weight[i - 1]!;
      value[i] = value[i - 1]!;
      square[i] = square[i - 1]!;
    }
    weight[i]!++;
    value[i]! += x - origin;
    square[i]! += (x - origin) ** 2;
  });
  const length = i + 1;
  return {
    origin,
    weight: weight.subarray(0, length),
    value: value.subarray(0, length),
    square: square.subarray(0, length),
  };
}

/** Row c, entry j: where cluster c begins in the best grouping of values 0 … j into clusters 0 … c. */
function bestStarts(sums: RunningSums, count: number): Int32Array[] {
  const n = sums.weight.length - 1;
  const cost = (start: number, end: number): number => {
    const total = sums.value[end]! - sums.value[start]!;
    return sums.square[end]! - sums.square[start]! - total ** 2 / (sums.weight[end]! - sums.weight[start]!);
  };
  let previous = Float64Array.from({ length: n }, (_, j) => cost(0, j + 1));
  const rows = [new Int32Array(n)];
  for (let c = 1; c < count; c++) {
    const best = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const starts = new Int32Array(n);
    // the best start never decreases with j, so the middle j bounds the search on both its sides
    const fill = (low: number, high: number, from: number, to: number): void => {
      if (low > high) return;
      const middle = (low + high) >> 1;
      for (let start = Math.max(c, from); start <= Math.min(middle, to); start++) {
        const total = previous[start - 1]! + cost(start, middle + 1);
        if (total < best[middle]!) {
          best[middle] = total;
          starts[middle] = start;
        }
      }
      fill(low, middle - 1, from, starts[middle]!);
      fill(middle + 1, high, starts[middle]!, to);
    };
    fill(c, n - 1, c, n - 1);
    rows.push(starts);
    previous = best;
  }
  return rows;
}

/** Index of the nearest of ascending centres; the lower one half-way. */
function nearest(centres: Float64Array, value: number): number {
  let low = 0;
  let high = centres.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (centres[middle]! + centres[middle + 1]!) / 2) high = middle;
    else low = middle + 1;
  }
  return low;
}
