// What several kernels do with vectors of four floats.

/** Lane 0 in all lanes. */
@inline
export function splat0(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
}

/** Lane 1 in all lanes. */
@inline
export function splat1(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
}

/** Lane 2 in all lanes. */
@inline
export function splat2(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
}

/** Lane 3 in all lanes. */
@inline
export function splat3(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

/** Between a (t = 0) and b (t = 1). */
@inline
export function lerp(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(t, f32x4.sub(b, a)));
}

/** Floats that are whole numbers below 2^22, as integers: adding 3 * 2^22 leaves them in the lowest bits. */
@inline
export function toInt(whole: v128): v128 {
  return i32x4.sub(f32x4.add(whole, f32x4.splat(12582912)), i32x4.splat(0x4b400000));
}
