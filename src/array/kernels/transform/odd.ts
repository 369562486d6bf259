import { im, re, store, storeTimes } from "./butterflies";

/**
 * A pass of any odd radix. Inputs k and r - k are joined to sums and differences (`scratch`, 32 r + 32 bytes), from which
 * results j and r - j follow together; two such j a sweep. `table` holds for each pair of j, for k = 1 … (r - 1) / 2:
 * cos and sin of 2π j k / r, then of 2π (j + 1) k / r.
 */
export function passOdd(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
  radix: usize, table: usize, scratch: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  const half = (radix - 1) / 2;
  const scratchEnd = scratch + half * 64;
  let a = from;
  let o = to;
  for (let p: usize = 0; p < m; p++) {
    for (let q: usize = 0; q < s; q++) {
      join(a, step, radix, scratch, scratchEnd, o);
      let row = table;
      let up = o;
      let down = o + radix * jump;
      let factorUp = twiddles - 8;
      let factorDown = twiddles + 8 * (radix - 1);
      for (let j: usize = 1; j <= half; j += 2) {
        let c1r = re(scratchEnd); // not from a: o may be a
        let c1i = im(scratchEnd);
        let c2r = c1r;
        let c2i = c1i;
        let s1r = f32x4.splat(0);
        let s1i = s1r;
        let s2r = s1r;
        let s2i = s1r;
        for (let t = scratch; t < scratchEnd; t += 64) {
          const sumR = v128.load(t);
          const sumI = v128.load(t, 16);
          const difR = v128.load(t, 32);
          const difI = v128.load(t, 48);
          const cos1 = v128.load32_splat(row);
          c1r = f32x4.add(c1r, f32x4.mul(sumR, cos1));
          c1i = f32x4.add(c1i, f32x4.mul(sumI, cos1));
          const sin1 = v128.load32_splat(row, 4);
          s1r = f32x4.add(s1r, f32x4.mul(difR, sin1));
          s1i = f32x4.add(s1i, f32x4.mul(difI, sin1));
          const cos2 = v128.load32_splat(row, 8);
          c2r = f32x4.add(c2r, f32x4.mul(sumR, cos2));
          c2i = f32x4.add(c2i, f32x4.mul(sumI, cos2));
          const sin2 = v128.load32_splat(row, 12);
          s2r = f32x4.add(s2r, f32x4.mul(difR, sin2));
          s2i = f32x4.add(s2i, f32x4.mul(difI, sin2));
          row += 16;
        }
        storeTimes(up + jump, f32x4.add(c1r, s1i), f32x4.sub(c1i, s1r), factorUp + 8);
        storeTimes(down - jump, f32x4.sub(c1r, s1i), f32x4.add(c1i, s1r), factorDown - 8);
        if (j < half) {
          storeTimes(up + 2 * jump, f32x4.add(c2r, s2i), f32x4.sub(c2i, s2r), factorUp + 16);
          storeTimes(down - 2 * jump, f32x4.sub(c2r, s2i), f32x4.add(c2i, s2r), factorDown - 16);
        }
        up += 2 * jump;
        down -= 2 * jump;
        factorUp += 16;
        factorDown -= 16;
      }
      a += fromStride;
      o += toStride;
    }
    o += (radix - 1) * jump;
    twiddles += 8 * (radix - 1);
  }
}

/** Sums and differences of inputs k and radix - k into scratch, after them input 0; the sum of all into `total`. */
@inline
function join(a: usize, step: usize, radix: usize, scratch: usize, scratchEnd: usize, total: usize): void {
  let totalR = re(a);
  let totalI = im(a);
  store(scratchEnd, totalR, totalI);
  let up = a + step;
  let down = a + (radix - 1) * step;
  for (let t = scratch; t < scratchEnd; t += 64) {
    const xr = re(up);
    const xi = im(up);
    const yr = re(down);
    const yi = im(down);
    const sumR = f32x4.add(xr, yr);
    const sumI = f32x4.add(xi, yi);
    totalR = f32x4.add(totalR, sumR);
    totalI = f32x4.add(totalI, sumI);
    v128.store(t, sumR);
    v128.store(t, sumI, 16);
    v128.store(t, f32x4.sub(xr, yr), 32);
    v128.store(t, f32x4.sub(xi, yi), 48);
    up += step;
    down -= step;
  }
  store(total, totalR, totalI);
}
