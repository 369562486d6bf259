/** A curve over spatial frequency, at frequencies of its own. */
export interface RadialProfile {
  /** Cycles per pixel, ascending. */
  readonly frequency: Float64Array;
  readonly value: Float64Array;
}

/**
 * A curve over spatial frequency at even steps: value i at i / tile cycles per pixel, from i = 0 to tile / 2 (Nyquist) or on into the
 * corners of the spectrum, tile / sqrt(2).
 */
export interface EvenProfile {
  readonly tile: number;
  readonly values: Float64Array;
}

/** The value at k cycles per pixel: linear between two steps, the last value beyond the last. */
export function profileAt({ tile, values }: EvenProfile, k: number): number {
  const position = Math.min(k * tile, values.length - 1);
  const below = Math.min(Math.floor(position), values.length - 2);
  return values[below]! + (position - below) * (values[below + 1]! - values[below]!);
}

/** The value of a positive curve at k cycles per pixel: linear between the logarithms, the end values outside. */
export function profileAtLog({ frequency: at, value }: RadialProfile, k: number): number {
  let low = 0;
  let high = at.length - 1;
  if (k <= at[low]!) return value[low]!;
  if (k >= at[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= k) low = middle;
    else high = middle;
  }
  const share = (k - at[low]!) / (at[high]! - at[low]!);
  return value[low]! ** (1 - share) * value[high]! ** share;
}
