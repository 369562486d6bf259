// One step of Adam over float32 arrays in WebAssembly memory, in one pass: see train/adam.ts for the formulas.

/** Moments and parameter are replaced where they lie. Addresses are multiples of 16, counts of 4. */
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
): void {
  const size = f32x4.splat(stepSize);
  const epsilon = f32x4.splat(stepEpsilon);
  const keep1 = f32x4.splat(beta1);
  const keep2 = f32x4.splat(beta2);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = v128.load(gradient + at);
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
