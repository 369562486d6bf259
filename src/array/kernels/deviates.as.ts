/**
 * Normal deviates, eight at a time: xoshiro128++ (Blackman & Vigna 2018) in four lanes, Box and Muller's transform. Only sums,
 * products and square roots of 32-bit floats, so that every machine makes the same ones; src/array/deviates-reference.ts is the
 * same in plain TypeScript.
 */

/** The state: word i of the four lanes at `state` + 16 i. */
let s0: v128 = i32x4.splat(0);
let s1: v128 = i32x4.splat(0);
let s2: v128 = i32x4.splat(0);
let s3: v128 = i32x4.splat(0);

@inline
function next(): v128 {
  const sum = i32x4.add(s0, s3);
  const result = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
  const t = i32x4.shl(s1, 9);
  s2 = v128.xor(s2, s0);
  s3 = v128.xor(s3, s1);
  s1 = v128.xor(s1, s2);
  s0 = v128.xor(s0, s3);
  s2 = v128.xor(s2, t);
  s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
  return result;
}

@inline
function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

@inline
function plus(a: v128, b: f32): v128 {
  return f32x4.add(a, f32x4.splat(b));
}

/** sin of 2π times a 32-bit fraction of a turn, to 3e-7. */
@inline
function sine(fraction: v128): v128 {
  const t = times(f32x4.convert_i32x4_s(fraction), 2.3283064365386963e-10);
  const s = f32x4.mul(t, t);
  let p = plus(times(s, -0.7983430837216114), 3.5163760783734164);
  p = plus(f32x4.mul(p, s), -9.624604711055033);
  p = plus(f32x4.mul(p, s), 16.769189672547796);
  p = plus(f32x4.mul(p, s), -16.20895564380201);
  p = plus(f32x4.mul(p, s), 6.283185270017222);
  return f32x4.mul(f32x4.mul(t, plus(times(s, -4), 1)), p);
}

/** sqrt(-2 ln u) of u = bits / 2^32, 0 taken for 1. */
@inline
function radius(bits: v128): v128 {
  const x = f32x4.convert_i32x4_u(v128.or(bits, i32x4.splat(1)));
  // x = 2^e m, m from sqrt(1/2) to sqrt 2
  const e = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const f = plus(i32x4.sub(x, i32x4.shl(e, 23)), -1);
  let p = plus(times(f, 0.08692779520514102), -0.14576896993146352);
  p = plus(f32x4.mul(p, f), 0.15067548048752602);
  p = plus(f32x4.mul(p, f), -0.16532939981391578);
  p = plus(f32x4.mul(p, f), 0.19938849548177642);
  p = plus(f32x4.mul(p, f), -0.2500328648054762);
  p = plus(f32x4.mul(p, f), 0.3333500914907568);
  p = plus(f32x4.mul(p, f), -0.499999728502763);
  p = plus(f32x4.mul(p, f), 0.999999880580442);
  const exponent = plus(f32x4.convert_i32x4_s(e), -32);
  const log = f32x4.add(times(exponent, 0.6931471805599453), f32x4.mul(f, p));
  return f32x4.sqrt(f32x4.max(times(log, -2), f32x4.splat(0)));
}

/** Takes the state of the generator: four words of each lane, word by word. */
export function seed(words: usize): void {
  s0 = v128.load(words);
  s1 = v128.load(words, 16);
  s2 = v128.load(words, 32);
  s3 = v128.load(words, 48);
}

/**
 * Adds `deviation` times standard normal deviates to `count` floats, a multiple of eight. It works on sixteen at a time:
 * each addition of a sum waits for the one before it, and several sums at once fill that time.
 */
export function addDeviates(to: usize, count: usize, deviation: f32): void {
  const scale = f32x4.splat(deviation);
  let left = count;
  for (; left >= 16; left -= 16, to += 64) {
    const bits0 = next();
    const angle0 = next();
    const bits1 = next();
    const angle1 = next();
    const r0 = f32x4.mul(scale, radius(bits0));
    const r1 = f32x4.mul(scale, radius(bits1));
    const c0 = sine(i32x4.add(angle0, i32x4.splat(0x40000000)));
    const c1 = sine(i32x4.add(angle1, i32x4.splat(0x40000000)));
    const s0 = sine(angle0);
    const s1 = sine(angle1);
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(r0, c0)));
    v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(r0, s0)), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(r1, c1)), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(r1, s1)), 48);
  }
  if (left == 0) return;
  const r = f32x4.mul(scale, radius(next()));
  const angle = next();
  v128.store(to, f32x4.add(v128.load(to), f32x4.mul(r, sine(i32x4.add(angle, i32x4.splat(0x40000000))))));
  v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(r, sine(angle))), 16);
}
