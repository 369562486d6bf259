import { transform } from "./transform/plan";
import { constantTerm, fourSines, linearTerm, Optics, squareTerm, twoColumns } from "./turns";

export { forwardRows, inverseRows } from "./fft.as";

/**
 * What happens to a whole micrograph: boxes are added to a canvas, the ice gradient and the transfer function multiply it. Strides
 * are in elements of their arrays. What is left over after groups of four or sixteen is done one by one.
 */

/** Adds an image times a window to a canvas. */
export function addImage(
  image: usize, window: usize, stride: usize, canvas: usize, canvasStride: usize, rows: usize, columns: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const a = image + y * stride * 4;
    const w = window + y * stride * 4;
    const to = canvas + y * canvasStride * 4;
    let x: usize = 0;
    for (; x + 4 <= columns; x += 4) {
      const value = f32x4.mul(v128.load(a + x * 4), v128.load(w + x * 4));
      v128.store(to + x * 4, f32x4.add(v128.load(to + x * 4), value));
    }
    for (; x < columns; x++) store<f32>(to + x * 4, load<f32>(to + x * 4) + load<f32>(a + x * 4) * load<f32>(w + x * 4));
  }
}

/** Adds a footprint of ones and zeros to counts of bytes, which stop at 255. */
export function addCounts(
  inside: usize, stride: usize, counts: usize, countsStride: usize, rows: usize, columns: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const a = inside + y * stride;
    const to = counts + y * countsStride;
    let x: usize = 0;
    for (; x + 16 <= columns; x += 16) {
      v128.store(to + x, i8x16.add_sat_u(v128.load(to + x), v128.load(a + x)));
    }
    for (; x < columns; x++) store<u8>(to + x, min<u32>(255, <u32>load<u8>(to + x) + <u32>load<u8>(a + x)));
  }
}

/** How many pixels of a footprint lie where the count is above a level. */
export function countAbove(
  inside: usize, stride: usize, counts: usize, countsStride: usize, rows: usize, columns: usize, level: i32,
): i32 {
  let found = 0;
  for (let y: usize = 0; y < rows; y++) {
    const a = inside + y * stride;
    const b = counts + y * countsStride;
    let x: usize = 0;
    let sums = i32x4.splat(0);
    for (; x + 16 <= columns; x += 16) {
      const both = v128.and(v128.load(a + x), i8x16.gt_u(v128.load(b + x), i8x16.splat(<i8>level)));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(both)));
    }
    found += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    found += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    for (; x < columns; x++) found += <i32>load<u8>(a + x) & <i32>(<i32>load<u8>(b + x) > level);
  }
  return found;
}

/** A row of floats, 1 where the count is above 0. Columns come in fours; up to three more are touched. */
export function maskRow(counts: usize, to: usize, columns: usize): void {
  const one = f32x4.splat(1);
  for (let x: usize = 0; x < columns; x += 4) {
    const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(counts + x)));
    v128.store(to + x * 4, v128.and(one, i32x4.gt_s(four, i32x4.splat(0))));
  }
}

/**
 * A row of the ice gradient as wide as the canvas. Of each column of the canvas: how many bytes from the row's start its two
 * columns lie, and how far it is from the first.
 */
export function widenRow(
  row: usize, columns: usize, first: usize, second: usize, fractions: usize, to: usize,
): void {
  let x: usize = 0;
  for (; x + 4 <= columns; x += 4) {
    const left = gather(row, first + x * 4);
    const right = gather(row, second + x * 4);
    v128.store(to + x * 4, f32x4.add(left, f32x4.mul(v128.load(fractions + x * 4), f32x4.sub(right, left))));
  }
  for (; x < columns; x++) {
    const left = load<f32>(row + <usize>load<u32>(first + x * 4));
    const right = load<f32>(row + <usize>load<u32>(second + x * 4));
    store<f32>(to + x * 4, left + load<f32>(fractions + x * 4) * (right - left));
  }
}

/** Multiplies a row of the canvas by what lies between two rows. */
export function multiplyRow(row: usize, columns: usize, above: usize, below: usize, fraction: f32): void {
  const part = f32x4.splat(fraction);
  let x: usize = 0;
  for (; x + 4 <= columns; x += 4) {
    const a = v128.load(above + x * 4);
    const between = f32x4.add(a, f32x4.mul(part, f32x4.sub(v128.load(below + x * 4), a)));
    v128.store(row + x * 4, f32x4.mul(v128.load(row + x * 4), between));
  }
  for (; x < columns; x++) {
    const a = load<f32>(above + x * 4);
    store<f32>(row + x * 4, load<f32>(row + x * 4) * (a + fraction * (load<f32>(below + x * 4) - a)));
  }
}

@inline
function gather(row: usize, offsets: usize): v128 {
  let four = v128.load32_zero(row + <usize>load<u32>(offsets));
  four = v128.load_lane<f32>(row + <usize>load<u32>(offsets, 4), four, 1);
  four = v128.load_lane<f32>(row + <usize>load<u32>(offsets, 8), four, 2);
  return v128.load_lane<f32>(row + <usize>load<u32>(offsets, 12), four, 3);
}

/** Squares of kx up to which a row is kept, as a mask of both lanes. */
@inline
function within(kx2: v128, limit: f64): v128 {
  return f64x2.le(kx2, f64x2.splat(limit));
}

/**
 * Transforms columns, multiplies them by a CTF and transforms them back, a block of four at a time: it stays in the cache
 * meanwhile. Blocks are left imaginary parts first, as inverseRows takes them.
 *
 * @param ky of each row, 64 bits; rowWeights and columnWeights: envelope times sign, 32 bits
 */
export function filterColumns(
  plan: usize, blocks: usize, count: usize, blockBytes: usize, rows: usize, work: usize,
  optics: Optics, ky: usize, rowWeights: usize, columnWeights: usize,
): void {
  const limit = optics.limit;
  const c4 = f64x2.splat(-optics.quartic);
  for (let b: usize = 0; b < count; b++) {
    let at = blocks + b * blockBytes;
    transform(plan, at, 32, at, 32, work);
    const first = <f64>b * 4;
    const kxA = twoColumns(optics, first);
    const kxB = twoColumns(optics, first + 2);
    const kxA2 = f64x2.mul(kxA, kxA);
    const kxB2 = f64x2.mul(kxB, kxB);
    const a0 = constantTerm(optics, kxA2);
    const b0 = constantTerm(optics, kxB2);
    const a1 = linearTerm(optics, kxA);
    const b1 = linearTerm(optics, kxB);
    const a2 = squareTerm(optics, kxA2);
    const b2 = squareTerm(optics, kxB2);
    const column = v128.load(columnWeights + b * 16);
    for (let y: usize = 0; y < rows; y++) {
      const k = load<f64>(ky + y * 8);
      const wave = fourSines(k, a0, a1, a2, b0, b1, b2, c4);
      const weight = f32x4.mul(column, v128.load32_splat(rowWeights + y * 4));
      const kept = v128.shuffle<f32>(within(kxA2, limit - k * k), within(kxB2, limit - k * k), 0, 2, 4, 6);
      const value = v128.and(kept, f32x4.mul(wave, weight));
      const re = v128.load(at);
      const im = v128.load(at, 16);
      v128.store(at, f32x4.mul(im, value));
      v128.store(at, f32x4.mul(re, value), 16);
      at += 32;
    }
    at = blocks + b * blockBytes;
    transform(plan, at, 32, at, 32, work);
  }
}
