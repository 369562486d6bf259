// Sines of phases that are counted in turns, so that whole turns are cut off before they cost precision.

/** sin 2πt for |t| up to 1/2, to 3e-7: t (1 - 4 t²) times a polynomial fitted to least maximal error. */
@inline
export function sineOfTurns(t: v128): v128 {
  const s = f32x4.mul(t, t);
  let p = f32x4.splat(-0.7983430837216114);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(3.5163760783734164));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-9.624604711055033));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(16.769189672547796));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-16.20895564380201));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(6.283185270017222));
  return f32x4.mul(f32x4.mul(t, f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(4), s))), p);
}

/** The fraction of a turn, -1/2 to 1/2, of c0 + k (c1 + k (c2 + k² c4)). */
@inline
export function turn(k: f64, c0: v128, c1: v128, c2: v128, c4: v128): v128 {
  const k1 = f64x2.splat(k);
  const inner = f64x2.add(c2, f64x2.mul(f64x2.splat(k * k), c4));
  const turns = f64x2.add(c0, f64x2.mul(k1, f64x2.add(c1, f64x2.mul(k1, inner))));
  return f64x2.sub(turns, f64x2.nearest(turns));
}
