/** Frequencies below this many steps of the tile are told by the whole field, in quarters of a step. */
const FINE_STEPS = 8;
const FINER = 4;

/** Frequencies of a noise table, cycles per pixel, for tiles of `size` pixels: fine at the lowest, then the tile's own. */
export function noiseFrequencies(size: number): Float64Array {
  const fine = Array.from({ length: FINE_STEPS * FINER }, (_, i) => (i + 1) / (FINER * size));
  const coarse = Array.from({ length: size / 2 - FINE_STEPS }, (_, i) => (FINE_STEPS + 1 + i) / size);
  return Float64Array.from([...fine, ...coarse]);
}
