/**
 * How a half spectrum is laid out. The transform of a real array repeats itself: the coefficient at minus a frequency is
 * the complex conjugate of that at the frequency. So only half of the columns are stored, of frequencies 0 to
 * floor(columns / 2); rows and sections run over all frequencies, in the order 0, 1, … and then from the most negative
 * up to -1.
 *
 * One convention for Nyquist: on an axis of an even number n of samples, index n / 2 holds the frequencies +1/2 and -1/2
 * cycle per sample together. It is called +1/2, on rows as on columns, as RELION does.
 */

/** Complex columns of the half spectrum of so many real ones. */
export const halfColumns = (columns: number): number => Math.floor(columns / 2) + 1;

/** The signed number of cycles along an axis of n samples at an index: 0, 1, … floor(n / 2), … -2, -1. */
export const signedIndex = (i: number, n: number): number => (2 * i <= n ? i : i - n);

/** The signed frequency, cycles per sample, of an index on an axis of n samples: above -1/2, at most +1/2. */
export const frequency = (i: number, n: number): number => signedIndex(i, n) / n;

/** The index, 0 to n - 1, of any whole number of cycles (or of pixels) on a periodic axis of n samples. */
export const wrappedIndex = (cycles: number, n: number): number => ((cycles % n) + n) % n;

/** The index of minus the frequency of index i. */
export const mirrorIndex = (i: number, n: number): number => (i === 0 ? 0 : n - i);

/** Whether an index is its own mirror: zero, and Nyquist of an even n. */
export const isSelfMirrored = (i: number, n: number): boolean => i === 0 || 2 * i === n;

/**
 * How often a stored column counts in a sum over the whole spectrum: once where it is its own mirror, as the column of zero
 * and that of Nyquist are, else twice, as it stands for its mirror too.
 */
export const halfWeight = (column: number, columns: number): 1 | 2 =>
  isSelfMirrored(column, columns) ? 1 : 2;

/**
 * The place in a half spectrum of the coefficient at kx cycles along the rows and ky along the columns, any whole numbers;
 * where minus that frequency is the one stored, the place of that: same power, conjugate coefficient.
 */
export function storedIndex(
  [rows, columns]: readonly [rows: number, columns: number],
  kx: number,
  ky: number,
): number {
  const x = wrappedIndex(kx, columns);
  return 2 * x <= columns
    ? wrappedIndex(ky, rows) * halfColumns(columns) + x
    : wrappedIndex(-ky, rows) * halfColumns(columns) + mirrorIndex(x, columns);
}

/**
 * Visits every coefficient of an image's half spectrum in the order in which they are stored: its place, its frequencies in
 * cycles per pixel, and how often it counts in a sum over the whole spectrum.
 * For tables that are made once: an inner loop over whole micrographs is 12 ns a coefficient faster written out.
 */
export function visitFrequencies(
  [rows, columns]: readonly [rows: number, columns: number],
  visit: (at: number, kx: number, ky: number, weight: 1 | 2) => void,
): void {
  const half = halfColumns(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < half; column++, at++) {
      visit(at, column / columns, ky, halfWeight(column, columns));
    }
  }
}
