import { im, pass2, pass3, pass4, pass5, re, store, storeTimes } from "./butterflies";
import { passOdd } from "./odd";

/**
 * A plan, laid out by src/array/fft-plan.ts as 32-bit words: n, number of passes, then for each pass radix, m, s,
 * address of its twiddles, for a general odd radix address of its table, and plan of radix - 1 if that radix goes by
 * Rader's convolution. Zero passes and n above 1 stand for Bluestein's: length of the convolution, plan of that length,
 * chirp, transformed kernel.
 */
const PASS_BYTES: usize = 24;

/**
 * Transforms four lines at once from `from` to `to`, which may be the same place. `work` has room for two lines, 192
 * bytes and the scratch of the largest odd radix; for Bluestein, for a line of the convolution before that.
 */
export function transform(
  plan: usize, from: usize, fromStride: usize, to: usize, toStride: usize, work: usize,
): void {
  const n = <usize>load<u32>(plan);
  const passes = <usize>load<u32>(plan, 4);
  if (passes == 0) {
    if (n == 1) store(to, re(from), im(from));
    else bluestein(plan, from, fromStride, to, toStride, work);
    return;
  }
  // the second buffer is moved by some lines of cache, or both would compete for the same ones
  const spare = work + n * 32 + 192;
  const scratch = spare + n * 32;
  let pass = plan + 8;
  for (let i: usize = 0; i < passes; i++) {
    const last = i + 1 == passes;
    const target = last ? to : i & 1 ? spare : work;
    const targetStride = last ? toStride : 32;
    runPass(pass, from, fromStride, target, targetStride, scratch);
    from = target;
    fromStride = 32;
    pass += PASS_BYTES;
  }
}

function runPass(
  pass: usize, from: usize, fromStride: usize, to: usize, toStride: usize, scratch: usize,
): void {
  const radix = load<u32>(pass);
  const m = <usize>load<u32>(pass, 4);
  const s = <usize>load<u32>(pass, 8);
  const twiddles = <usize>load<u32>(pass, 12);
  if (radix == 4) pass4(from, fromStride, to, toStride, m, s, twiddles);
  else if (radix == 2) pass2(from, fromStride, to, toStride, m, s, twiddles);
  else if (radix == 3) pass3(from, fromStride, to, toStride, m, s, twiddles);
  else if (radix == 5) pass5(from, fromStride, to, toStride, m, s, twiddles);
  else {
    const table = <usize>load<u32>(pass, 16);
    const inner = <usize>load<u32>(pass, 20);
    if (inner == 0) passOdd(from, fromStride, to, toStride, m, s, twiddles, radix, table, scratch);
    else passRader(from, fromStride, to, toStride, m, s, twiddles, radix, table, inner, scratch);
  }
}

/**
 * A pass of a prime radix by Rader's convolution (1968): in the order of the powers of a generator g, results but the
 * first are x[0] plus the cyclic convolution of inputs with roots of unity. `table` holds the transform of those roots
 * over radix - 1, then g^q and then g^-q modulo the radix for q = 0 … radix - 2. `scratch`: a line and inner's work.
 */
function passRader(
  from: usize, fromStride: usize, to: usize, toStride: usize, m: usize, s: usize, twiddles: usize,
  radix: usize, table: usize, inner: usize, scratch: usize,
): void {
  const step = m * s * fromStride;
  const jump = s * toStride;
  const length = radix - 1;
  const order = table + length * 8;
  const innerWork = scratch + length * 32;
  for (let p: usize = 0; p < m; p++) {
    const factors = twiddles + p * length * 8 - 8;
    for (let q: usize = 0; q < s; q++) {
      const a = from + (p * s + q) * fromStride;
      const o = to + (p * s * radix + q) * toStride;
      const x0r = re(a);
      const x0i = im(a);
      let line = scratch;
      for (let i = order, end = order + length * 4; i < end; i += 4, line += 32) {
        const x = a + <usize>load<u32>(i) * step;
        store(line, re(x), im(x));
      }
      transform(inner, scratch, 32, scratch, 32, innerWork);
      const totalR = f32x4.add(x0r, re(scratch));
      const totalI = f32x4.add(x0i, im(scratch));
      multiply(scratch, 32, scratch, 32, table, length, true);
      // x[0] in the convolution's mean reaches every result; parts are exchanged for the inverse transform
      store(scratch, f32x4.add(re(scratch), x0i), f32x4.add(im(scratch), x0r));
      transform(inner, scratch, 32, scratch, 32, innerWork);
      store(o, totalR, totalI);
      line = scratch;
      for (let i = order + length * 4, end = order + length * 8; i < end; i += 4, line += 32) {
        const j = <usize>load<u32>(i);
        storeTimes(o + j * jump, im(line), re(line), factors + j * 8);
      }
    }
  }
}

/** jk = (j² + k² - (k - j)²) / 2: chirp, convolve with the conjugate chirp, chirp. */
function bluestein(
  plan: usize, from: usize, fromStride: usize, to: usize, toStride: usize, work: usize,
): void {
  const n = <usize>load<u32>(plan);
  const length = <usize>load<u32>(plan, 8);
  const inner = <usize>load<u32>(plan, 12);
  const chirp = <usize>load<u32>(plan, 16);
  const kernel = <usize>load<u32>(plan, 20);
  const line = work;
  const innerWork = work + length * 32;
  multiply(from, fromStride, line, 32, chirp, n, false);
  memory.fill(line + n * 32, 0, (length - n) * 32);
  transform(inner, line, 32, line, 32, innerWork);
  // the exchange of real and imaginary parts before and after turns the transform into its inverse
  multiply(line, 32, line, 32, kernel, length, true);
  transform(inner, line, 32, line, 32, innerWork);
  exchange(line, n);
  multiply(line, 32, to, toStride, chirp, n, false);
}

function multiply(
  from: usize, fromStride: usize, to: usize, toStride: usize, factors: usize, count: usize, swap: bool,
): void {
  const atReal: usize = swap ? 16 : 0;
  const end = factors + count * 8;
  for (; factors < end; factors += 8) {
    const c = v128.load32_splat(factors);
    const s = v128.load32_splat(factors, 4);
    const real = re(from);
    const imaginary = im(from);
    v128.store(to + atReal, f32x4.sub(f32x4.mul(real, c), f32x4.mul(imaginary, s)));
    v128.store(to + (atReal ^ 16), f32x4.add(f32x4.mul(real, s), f32x4.mul(imaginary, c)));
    from += fromStride;
    to += toStride;
  }
}

function exchange(at: usize, count: usize): void {
  for (const end = at + count * 32; at < end; at += 32) store(at, im(at), re(at));
}
