import { lerp, splat0, splat1, splat2, splat3 } from "./lanes";

/**
 * Slices of a spectrum cube at a list of frequencies, and their products with images: the inner loops of the search for
 * orientations. A slice is `count` real parts and then `count` imaginary parts; `count` is a multiple of 4.
 */

/** Bytes of a pose: six floats, the steps in the cube along kx and along ky. */
const POSE: usize = 24;

/** The samples of a cell at x and x + 1, as re, im, re, im; interpolated along y and z. */
@inline
function cell(at: usize, strideY: usize, strideZ: usize, fy: v128, fz: v128): v128 {
  const near = lerp(v128.load(at), v128.load(at + strideY), fy);
  const far = lerp(v128.load(at + strideZ), v128.load(at + strideZ + strideY), fy);
  return lerp(near, far, fz);
}

/**
 * Trilinear samples of a cube (spectrum-cube.ts) for each pose at each frequency.
 *
 * @param origin address of the sample (0, 0, 0); strides in bytes
 * @param frequencies kx of all, then ky of all, as floats
 */
export function sliceAt(
  origin: usize, strideY: i32, strideZ: i32, poses: usize, poseCount: i32, frequencies: usize, count: i32, out: usize,
): void {
  const stepY = i32x4.splat(strideY);
  const stepZ = i32x4.splat(strideZ);
  const start = i32x4.splat(<i32>origin);
  const signs = i32x4.splat(<i32>0x80000000);
  const imaginary = <usize>count * 4;
  for (let p = 0; p < poseCount; p++) {
    const pose = poses + <usize>p * POSE;
    const ax = v128.load32_splat(pose);
    const ay = v128.load32_splat(pose, 4);
    const az = v128.load32_splat(pose, 8);
    const bx = v128.load32_splat(pose, 12);
    const by = v128.load32_splat(pose, 16);
    const bz = v128.load32_splat(pose, 20);
    let to = out + <usize>p * 2 * imaginary;
    for (let i: usize = 0; i < imaginary; i += 16, to += 16) {
      const kx = v128.load(frequencies + i);
      const ky = v128.load(frequencies + imaginary + i);
      let x = f32x4.add(f32x4.mul(ax, kx), f32x4.mul(bx, ky));
      let y = f32x4.add(f32x4.mul(ay, kx), f32x4.mul(by, ky));
      let z = f32x4.add(f32x4.mul(az, kx), f32x4.mul(bz, ky));
      // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
      const flip = v128.and(f32x4.lt(x, f32x4.splat(0)), signs);
      x = v128.xor(x, flip);
      y = v128.xor(y, flip);
      z = v128.xor(z, flip);
      const x0 = f32x4.floor(x);
      const y0 = f32x4.floor(y);
      const z0 = f32x4.floor(z);
      const fx = f32x4.sub(x, x0);
      const fy = f32x4.sub(y, y0);
      const fz = f32x4.sub(z, z0);
      const inX = i32x4.shl(i32x4.trunc_sat_f32x4_s(x0), 3);
      const inY = i32x4.mul(i32x4.trunc_sat_f32x4_s(y0), stepY);
      const inZ = i32x4.mul(i32x4.trunc_sat_f32x4_s(z0), stepZ);
      const at = i32x4.add(i32x4.add(start, inX), i32x4.add(inY, inZ));
      const c0 = cell(<usize>i32x4.extract_lane(at, 0), strideY, strideZ, splat0(fy), splat0(fz));
      const c1 = cell(<usize>i32x4.extract_lane(at, 1), strideY, strideZ, splat1(fy), splat1(fz));
      const c2 = cell(<usize>i32x4.extract_lane(at, 2), strideY, strideZ, splat2(fy), splat2(fz));
      const c3 = cell(<usize>i32x4.extract_lane(at, 3), strideY, strideZ, splat3(fy), splat3(fz));
      const left01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5);
      const left23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5);
      const right01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7);
      const right23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7);
      const re = lerp(
        v128.shuffle<f32>(left01, left23, 0, 1, 4, 5), v128.shuffle<f32>(right01, right23, 0, 1, 4, 5), fx,
      );
      const im = lerp(
        v128.shuffle<f32>(left01, left23, 2, 3, 6, 7), v128.shuffle<f32>(right01, right23, 2, 3, 6, 7), fx,
      );
      v128.store(to, re);
      v128.store(to + imaginary, v128.xor(im, flip));
    }
  }
}

@inline
function total(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

@inline
function addProduct(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * out[a][b] = the product of row a of `left` and row b of `right`, both `bytes` long. `leftCount` is even, `rightCount` a
 * multiple of 4.
 */
export function products(
  left: usize, leftCount: i32, right: usize, rightCount: i32, bytes: usize, out: usize,
): void {
  const width = <usize>rightCount * 4;
  for (let a: usize = 0; a < <usize>leftCount; a += 2) {
    const rowA = left + a * bytes;
    for (let b: usize = 0; b < <usize>rightCount; b += 4) {
      const rowB = right + b * bytes;
      let s00 = f32x4.splat(0);
      let s01 = f32x4.splat(0);
      let s02 = f32x4.splat(0);
      let s03 = f32x4.splat(0);
      let s10 = f32x4.splat(0);
      let s11 = f32x4.splat(0);
      let s12 = f32x4.splat(0);
      let s13 = f32x4.splat(0);
      for (let i: usize = 0; i < bytes; i += 16) {
        const a0 = v128.load(rowA + i);
        const a1 = v128.load(rowA + bytes + i);
        const b0 = v128.load(rowB + i);
        const b1 = v128.load(rowB + bytes + i);
        const b2 = v128.load(rowB + 2 * bytes + i);
        const b3 = v128.load(rowB + 3 * bytes + i);
        s00 = addProduct(s00, a0, b0);
        s01 = addProduct(s01, a0, b1);
        s02 = addProduct(s02, a0, b2);
        s03 = addProduct(s03, a0, b3);
        s10 = addProduct(s10, a1, b0);
        s11 = addProduct(s11, a1, b1);
        s12 = addProduct(s12, a1, b2);
        s13 = addProduct(s13, a1, b3);
      }
      const to = out + a * width + b * 4;
      v128.store(to, f32x4(total(s00), total(s01), total(s02), total(s03)));
      v128.store(to + width, f32x4(total(s10), total(s11), total(s12), total(s13)));
    }
  }
}

/** out[a] = the sum over frequencies of weight |slice a|². */
export function energies(slices: usize, sliceCount: i32, weights: usize, count: i32, out: usize): void {
  const bytes = <usize>count * 4;
  for (let a: usize = 0; a < <usize>sliceCount; a++) {
    const re = slices + 2 * a * bytes;
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const r = v128.load(re + i);
      const m = v128.load(re + bytes + i);
      sum = addProduct(sum, v128.load(weights + i), f32x4.add(f32x4.mul(r, r), f32x4.mul(m, m)));
    }
    store<f32>(out + a * 4, total(sum));
  }
}
