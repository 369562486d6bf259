import { visitFrequencies } from "../array/spectrum/half.js";
import type { PowerSpectrum, RadialProfile } from "../array/spectrum/power.js";

/** Frequencies below this many steps of the tile are told by the whole field, in quarters of a step. */
const FINE_STEPS = 8;
const FINER = 4;

/** Frequencies of a noise table, cycles per pixel, for tiles of `size` pixels: fine at the lowest, then the tile's own. */
export function noiseFrequencies(size: number): Float64Array {
  const fine = Array.from({ length: FINE_STEPS * FINER }, (_, i) => (i + 1) / (FINER * size));
  const coarse = Array.from({ length: size / 2 - FINE_STEPS }, (_, i) => (FINE_STEPS + 1 + i) / size);
  return Float64Array.from([...fine, ...coarse]);
}

/** Value of a positive curve at any frequency: linear between the logarithms, the end values outside. */
export function interpolateLog({ frequency: at, value }: RadialProfile, k: number): number {
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

/** Calls visit(index, k) for each sample of a half spectrum, k the length of its frequency in cycles per pixel. */
export function eachFrequency(
  shape: PowerSpectrum["shape"],
  visit: (index: number, k: number) => void,
): void {
  visitFrequencies(shape, (at, kx, ky) => visit(at, Math.sqrt(kx * kx + ky * ky)));
}
