/**
 * 1-D Wasserstein distance of order 1 between two samples: the area between their distribution functions, in the
 * unit of the values. The samples may differ in size; NaN for an empty one.
 */
export function wassersteinDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const first = Float64Array.from(a).sort();
  const second = Float64Array.from(b).sort();
  if (first.length === 0 || second.length === 0) return Number.NaN;
  let i = 0;
  let j = 0;
  let previous = Math.min(first[0]!, second[0]!);
  let distance = 0;
  while (i < first.length || j < second.length) {
    const next = Math.min(first[i] ?? Number.POSITIVE_INFINITY, second[j] ?? Number.POSITIVE_INFINITY);
    distance += Math.abs(i / first.length - j / second.length) * (next - previous);
    while (first[i] === next) i++;
    while (second[j] === next) j++;
    previous = next;
  }
  return distance;
}
