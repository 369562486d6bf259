/**
 * Splits values into the two classes between whose means the largest part of the variance lies (Otsu 1979, IEEE Trans. Syst. Man
 * Cybern. 9:62).
 *
 * @param values in ascending order
 * @param counts how often each occurs; once, where left out
 * @returns the index at which the upper class begins; 1 where all values are equal
 */
export function otsuSplit(values: ArrayLike<number>, counts?: ArrayLike<number>): number {
  let [total, totalSum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const count = counts ? counts[i]! : 1;
    total += count;
    totalSum += count * values[i]!;
  }
  let [count, sum, best, split] = [0, 0, 0, 1];
  for (let i = 1; i < values.length; i++) {
    const added = counts ? counts[i - 1]! : 1;
    count += added;
    sum += added * values[i - 1]!;
    if (count === 0 || count === total) continue;
    const apart = sum / count - (totalSum - sum) / (total - count);
    const between = count * (total - count) * apart * apart;
    if (between > best) [best, split] = [between, i];
  }
  return split;
}
