// One step of Adam over float32 arrays in WebAssembly memory, in one pass: see train/adam.ts for the formulas.

/**
 * Moments and parameter are replaced where they lie. Addresses are multiples of 16, counts of 4.
 *
 * @param share of the gradient that is taken
 */
export function adam(
  parameter: usize,
  first: usize,
  second: usize,
  gradient: usize,
  count: usize,
  stepSize: f32,
  stepEpsilon: f32,
  beta1: f32,
  beta2: f32,
  share: f32,
): void {
  const taken = f32x4.splat(share);
  const size = f32x4.splat(stepSize);
  const epsilon = f32x4.splat(stepEpsilon);
  const keep1 = f32x4.splat(beta1);
  const keep2 = f32x4.splat(beta2);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), taken);
    const m = f32x4.add(f32x4.mul(v128.load(first + at), keep1), g);
    const v = f32x4.add(f32x4.mul(v128.load(second + at), keep2), f32x4.mul(g, g));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const change = f32x4.mul(size, f32x4.div(m, f32x4.add(f32x4.sqrt(v), epsilon)));
    v128.store(parameter + at, f32x4.sub(v128.load(parameter + at), change));
  }
}

/** average = decay average + (1 - decay) parameter. */
export function average(average: usize, parameter: usize, count: usize, decay: f32): void {
  const kept = f32x4.splat(decay);
  const added = f32x4.splat(1 - decay);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const old = f32x4.mul(v128.load(average + at), kept);
    v128.store(average + at, f32x4.add(old, f32x4.mul(v128.load(parameter + at), added)));
  }
}

/** Root of the sum of squares. */
export function length(values: usize, count: usize): f64 {
  let sums = f64x2.splat(0);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const v = v128.load(values + at);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(upperHalf(v));
    sums = f64x2.add(sums, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  return Math.sqrt(f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
}

/** Root of the sum. */
export function rootSum(values: usize, count: usize): f64 {
  let sums = f64x2.splat(0);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const v = v128.load(values + at);
    sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(upperHalf(v))));
  }
  return Math.sqrt(f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
}

function upperHalf(v: v128): v128 {
  return i64x2.shuffle(v, v, 1, 1);
}
