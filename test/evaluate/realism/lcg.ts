/** Numbers in [0, 1) by the generator of test/fixtures/evaluate/make.py, so that arrays need not be stored. */
export function lcg(count: number, seed: number): Float64Array {
  const out = new Float64Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    out[i] = state / 2 ** 32;
  }
  return out;
}
