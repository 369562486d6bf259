// Sines of phases that are counted in turns, so that whole turns are cut off before they cost precision.

/** sin 2πt for |t| up to 1/2, to 3e-7: t (1 - 4 t²) times a polynomial fitted to least maximal error. */
@inline
function sineOfTurns(t: v128): v128 {
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
function turn(k: f64, c0: v128, c1: v128, c2: v128, c4: v128): v128 {
  const k1 = f64x2.splat(k);
  const inner = f64x2.add(c2, f64x2.mul(f64x2.splat(k * k), c4));
  const turns = f64x2.add(c0, f64x2.mul(k1, f64x2.add(c1, f64x2.mul(k1, inner))));
  return f64x2.sub(turns, f64x2.nearest(turns));
}

/**
 * A transfer function as kernels are handed it. Its phase at (kx, ky), in turns:
 * offset + xx kx² + xy kx ky + yy ky² - quartic (kx² + ky²)².
 */
@unmanaged
export class Optics {
  xx: f64;
  xy: f64;
  yy: f64;
  quartic: f64;
  offset: f64;
  /** Of kx from one column to the next. */
  step: f64;
  /** The highest frequency's square. */
  limit: f64;
  /** The weight of a particle. */
  particle: f64;
}

/** kx of a column and the next. */
@inline
export function twoColumns(optics: Optics, column: f64): v128 {
  return f64x2.mul(f64x2(column, column + 1), f64x2.splat(optics.step));
}

/** Of the phase at two columns, as a polynomial of ky: what does not depend on it. */
@inline
export function constantTerm(optics: Optics, kx2: v128): v128 {
  const factor = f64x2.sub(f64x2.splat(optics.xx), f64x2.mul(f64x2.splat(optics.quartic), kx2));
  return f64x2.add(f64x2.mul(factor, kx2), f64x2.splat(optics.offset));
}

/** What ky multiplies. */
@inline
export function linearTerm(optics: Optics, kx: v128): v128 {
  return f64x2.mul(f64x2.splat(optics.xy), kx);
}

/** What ky² multiplies. */
@inline
export function squareTerm(optics: Optics, kx2: v128): v128 {
  const quartic = f64x2.mul(f64x2.splat(optics.quartic), kx2);
  return f64x2.sub(f64x2.splat(optics.yy), f64x2.mul(f64x2.splat(2), quartic));
}

/** The sines of the phases at one ky and four columns: a of the first two, b of the others. */
@inline
export function fourSines(k: f64, a0: v128, a1: v128, a2: v128, b0: v128, b1: v128, b2: v128, c4: v128): v128 {
  const turnsA = f32x4.demote_f64x2_zero(turn(k, a0, a1, a2, c4));
  const turnsB = f32x4.demote_f64x2_zero(turn(k, b0, b1, b2, c4));
  return sineOfTurns(v128.shuffle<f32>(turnsA, turnsB, 0, 1, 4, 5));
}
