/** IEEE 754 half precision, which JavaScript has no typed array for in the browsers and Node versions served here. */

/** The largest finite half. */
export const FLOAT16_MAX = 65504;

let table: Float32Array | undefined;

/** Value of every 16-bit pattern as a float32; 65,536 entries, made on first use. */
export function float16Table(): Float32Array {
  if (table) return table;
  table = new Float32Array(0x10000);
  for (let bits = 0; bits < 0x10000; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? Number.NaN
            : Number.POSITIVE_INFINITY
          : (1024 + fraction) * 2 ** (exponent - 25);
    table[bits] = bits & 0x8000 ? -magnitude : magnitude;
  }
  return table;
}

/** Half-precision patterns of `values`, rounded to nearest, ties to even. Values beyond FLOAT16_MAX become infinite. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const single = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = roundToHalf(single[i]!);
  return out;
}

/** Half pattern of a single-precision pattern. */
function roundToHalf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: rebias the exponent by 127 - 15, then round away the 13 lowest bits; a carry may raise the exponent.
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >> 13) & 1)) >> 13);
  }
  // Subnormal half: the value in units of 2^-24; below half a unit it vanishes.
  const shift = 126 - (magnitude >> 23);
  if (shift > 24) return sign;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && kept & 1) ? 1 : 0));
}
