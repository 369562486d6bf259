/**
 * Passes of Stockham's self-sorting transform (decimation in frequency) on four transforms at once, one a lane.
 *
 * An element is 32 bytes: four real parts, then four imaginary parts. A pass of radix r on n = r m s elements reads
 * element q + s (p + m k) for k = 0 … r - 1, transforms those r, multiplies result j by exp(-2πi p j / (r m)) and
 * writes it to q + s (r p + j). `twiddles` holds those factors for p = 0 … m - 1, j = 1 … r - 1, re and im. As the
 * lanes never mix, there are no shuffles here. Strides are in bytes from element to element.
 */

@inline
export function re(at: usize): v128 {
  return v128.load(at);
}

@inline
export function im(at: usize): v128 {
  return v128.load(at, 16);
}

@inline
export function store(at: usize, real: v128, imaginary: v128): void {
  v128.store(at, real);
  v128.store(at, imaginary, 16);
}

/** Stores (real, imaginary) times the complex number at `factor`; in the first group of a pass that is 1. */
@inline
export function storeTimes(at: usize, real: v128, imaginary: v128, factor: usize, first: bool = false): void {
  if (first) return store(at, real, imaginary);
  const c = v128.load32_splat(factor);
  const s = v128.load32_splat(factor, 4);
  v128.store(at, f32x4.sub(f32x4.mul(real, c), f32x4.mul(imaginary, s)));
  v128.store(at, f32x4.add(f32x4.mul(real, s), f32x4.mul(imaginary, c)), 16);
}

@inline
function fly2(a: usize, step: usize, o: usize, jump: usize, twiddles: usize, first: bool): void {
  const ar = re(a);
  const ai = im(a);
  const br = re(a + step);
  const bi = im(a + step);
  store(o, f32x4.add(ar, br), f32x4.add(ai, bi));
  storeTimes(o + jump, f32x4.sub(ar, br), f32x4.sub(ai, bi), twiddles, first);
}

export function pass2(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  let a = from;
  let o = to;
  for (let q: usize = 0; q < s; q++) {
    fly2(a, step, o, jump, twiddles, true);
    a += fromStride;
    o += toStride;
  }
  for (let p: usize = 1; p < m; p++) {
    o += jump;
    twiddles += 8;
    for (let q: usize = 0; q < s; q++) {
      fly2(a, step, o, jump, twiddles, false);
      a += fromStride;
      o += toStride;
    }
  }
}

@inline
function fly3(a: usize, step: usize, o: usize, jump: usize, twiddles: usize, first: bool): void {
  const half = f32x4.splat(0.5);
  const sine = f32x4.splat(0.866025403784438646763723);
  const x0r = re(a);
  const x0i = im(a);
  const x1r = re(a + step);
  const x1i = im(a + step);
  const x2r = re(a + 2 * step);
  const x2i = im(a + 2 * step);
  const sumR = f32x4.add(x1r, x2r);
  const sumI = f32x4.add(x1i, x2i);
  const turnR = f32x4.mul(f32x4.sub(x1i, x2i), sine);
  const turnI = f32x4.mul(f32x4.sub(x2r, x1r), sine);
  const midR = f32x4.sub(x0r, f32x4.mul(sumR, half));
  const midI = f32x4.sub(x0i, f32x4.mul(sumI, half));
  store(o, f32x4.add(x0r, sumR), f32x4.add(x0i, sumI));
  storeTimes(o + jump, f32x4.add(midR, turnR), f32x4.add(midI, turnI), twiddles, first);
  storeTimes(o + 2 * jump, f32x4.sub(midR, turnR), f32x4.sub(midI, turnI), twiddles + 8, first);
}

export function pass3(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  let a = from;
  let o = to;
  for (let q: usize = 0; q < s; q++) {
    fly3(a, step, o, jump, twiddles, true);
    a += fromStride;
    o += toStride;
  }
  for (let p: usize = 1; p < m; p++) {
    o += 2 * jump;
    twiddles += 16;
    for (let q: usize = 0; q < s; q++) {
      fly3(a, step, o, jump, twiddles, false);
      a += fromStride;
      o += toStride;
    }
  }
}

@inline
function fly4(a: usize, step: usize, o: usize, jump: usize, twiddles: usize, first: bool): void {
  const x0r = re(a);
  const x0i = im(a);
  const x2r = re(a + 2 * step);
  const x2i = im(a + 2 * step);
  const evenR = f32x4.add(x0r, x2r);
  const evenI = f32x4.add(x0i, x2i);
  const restR = f32x4.sub(x0r, x2r);
  const restI = f32x4.sub(x0i, x2i);
  const x1r = re(a + step);
  const x1i = im(a + step);
  const x3r = re(a + 3 * step);
  const x3i = im(a + 3 * step);
  const oddR = f32x4.add(x1r, x3r);
  const oddI = f32x4.add(x1i, x3i);
  const turnR = f32x4.sub(x1i, x3i);
  const turnI = f32x4.sub(x3r, x1r);
  store(o, f32x4.add(evenR, oddR), f32x4.add(evenI, oddI));
  const y1r = f32x4.add(restR, turnR);
  const y1i = f32x4.add(restI, turnI);
  const y2r = f32x4.sub(evenR, oddR);
  const y2i = f32x4.sub(evenI, oddI);
  const y3r = f32x4.sub(restR, turnR);
  const y3i = f32x4.sub(restI, turnI);
  storeTimes(o + jump, y1r, y1i, twiddles, first);
  storeTimes(o + 2 * jump, y2r, y2i, twiddles + 8, first);
  storeTimes(o + 3 * jump, y3r, y3i, twiddles + 16, first);
}

export function pass4(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  let a = from;
  let o = to;
  for (let q: usize = 0; q < s; q++) {
    fly4(a, step, o, jump, twiddles, true);
    a += fromStride;
    o += toStride;
  }
  for (let p: usize = 1; p < m; p++) {
    o += 3 * jump;
    twiddles += 24;
    for (let q: usize = 0; q < s; q++) {
      fly4(a, step, o, jump, twiddles, false);
      a += fromStride;
      o += toStride;
    }
  }
}

@inline
function fly5(a: usize, step: usize, o: usize, jump: usize, twiddles: usize, first: bool): void {
  const c1 = f32x4.splat(0.309016994374947424102293);
  const c2 = f32x4.splat(-0.809016994374947424102293);
  const s1 = f32x4.splat(0.951056516295153572116439);
  const s2 = f32x4.splat(0.587785252292473129168706);
  const x0r = re(a);
  const x0i = im(a);
  const sum1r = f32x4.add(re(a + step), re(a + 4 * step));
  const sum1i = f32x4.add(im(a + step), im(a + 4 * step));
  const sum2r = f32x4.add(re(a + 2 * step), re(a + 3 * step));
  const sum2i = f32x4.add(im(a + 2 * step), im(a + 3 * step));
  const dif1r = f32x4.sub(re(a + step), re(a + 4 * step));
  const dif1i = f32x4.sub(im(a + step), im(a + 4 * step));
  const dif2r = f32x4.sub(re(a + 2 * step), re(a + 3 * step));
  const dif2i = f32x4.sub(im(a + 2 * step), im(a + 3 * step));
  store(o, f32x4.add(x0r, f32x4.add(sum1r, sum2r)), f32x4.add(x0i, f32x4.add(sum1i, sum2i)));
  const u1r = f32x4.add(x0r, f32x4.add(f32x4.mul(sum1r, c1), f32x4.mul(sum2r, c2)));
  const u1i = f32x4.add(x0i, f32x4.add(f32x4.mul(sum1i, c1), f32x4.mul(sum2i, c2)));
  const v1r = f32x4.add(f32x4.mul(dif1r, s1), f32x4.mul(dif2r, s2));
  const v1i = f32x4.add(f32x4.mul(dif1i, s1), f32x4.mul(dif2i, s2));
  storeTimes(o + jump, f32x4.add(u1r, v1i), f32x4.sub(u1i, v1r), twiddles, first);
  storeTimes(o + 4 * jump, f32x4.sub(u1r, v1i), f32x4.add(u1i, v1r), twiddles + 24, first);
  const u2r = f32x4.add(x0r, f32x4.add(f32x4.mul(sum1r, c2), f32x4.mul(sum2r, c1)));
  const u2i = f32x4.add(x0i, f32x4.add(f32x4.mul(sum1i, c2), f32x4.mul(sum2i, c1)));
  const v2r = f32x4.sub(f32x4.mul(dif1r, s2), f32x4.mul(dif2r, s1));
  const v2i = f32x4.sub(f32x4.mul(dif1i, s2), f32x4.mul(dif2i, s1));
  storeTimes(o + 2 * jump, f32x4.add(u2r, v2i), f32x4.sub(u2i, v2r), twiddles + 8, first);
  storeTimes(o + 3 * jump, f32x4.sub(u2r, v2i), f32x4.add(u2i, v2r), twiddles + 16, first);
}

export function pass5(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  let a = from;
  let o = to;
  for (let q: usize = 0; q < s; q++) {
    fly5(a, step, o, jump, twiddles, true);
    a += fromStride;
    o += toStride;
  }
  for (let p: usize = 1; p < m; p++) {
    o += 4 * jump;
    twiddles += 32;
    for (let q: usize = 0; q < s; q++) {
      fly5(a, step, o, jump, twiddles, false);
      a += fromStride;
      o += toStride;
    }
  }
}
