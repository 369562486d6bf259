import { lerp } from "./lanes";
import { BRICK, brickRow, brickSection, middle, volume } from "./volume";

export { useVolume } from "./volume";

/** Symmetry of a half transform (volume.ts): to each sample those that the operators bring there. */

/**
 * The row (y, z) from x = 0 on: each sample, and the sum of those at R k for `count` operators R, trilinear.
 *
 * @param operators nine floats of 64 bits each, row by row
 * @param out four floats a sample
 */
export function symmetriseRow(y: i32, z: i32, samples: i32, operators: usize, count: i32, out: usize): void {
  const own = partY(y + middle) + partZ(z + middle);
  for (let x = 0; x < samples; x++) {
    v128.store(out + (<usize>x << 4), v128.load(<usize>(volume + partX(x) + own)));
  }
  for (let o = 0; o < count; o++, operators += 72) {
    const xx = load<f64>(operators);
    const yx = load<f64>(operators, 24);
    const zx = load<f64>(operators, 48);
    const x0 = <f64>y * load<f64>(operators, 8) + <f64>z * load<f64>(operators, 16);
    const y0 = <f64>y * load<f64>(operators, 32) + <f64>z * load<f64>(operators, 40);
    const z0 = <f64>y * load<f64>(operators, 56) + <f64>z * load<f64>(operators, 64);
    for (let x = 0; x < samples; x++) {
      addAt(out + (<usize>x << 4), x0 + <f64>x * xx, y0 + <f64>x * yx, z0 + <f64>x * zx);
    }
  }
}

@inline
function addAt(to: usize, x: f64, y: f64, z: f64): void {
  // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
  const isNegative = x < 0;
  if (isNegative) {
    x = -x;
    y = -y;
    z = -z;
  }
  const wholeX = Math.floor(x);
  const wholeY = Math.floor(y);
  const wholeZ = Math.floor(z);
  const fx = f32x4.splat(<f32>(x - wholeX));
  const fy = f32x4.splat(<f32>(y - wholeY));
  const fz = f32x4.splat(<f32>(z - wholeZ));
  const ix = <i32>wholeX;
  const iy = <i32>wholeY + middle;
  const iz = <i32>wholeZ + middle;
  const nearX = volume + partX(ix);
  const farX = volume + partX(ix + 1);
  const nearY = partY(iy);
  const farY = partY(iy + 1);
  const nearZ = partZ(iz);
  const farZ = partZ(iz + 1);
  const near = lerp(line(nearX, farX, nearY + nearZ, fx), line(nearX, farX, farY + nearZ, fx), fy);
  const far = lerp(line(nearX, farX, nearY + farZ, fx), line(nearX, farX, farY + farZ, fx), fy);
  const value = lerp(near, far, fz);
  const sign = isNegative ? i32x4(0, <i32>0x80000000, 0, 0) : i32x4.splat(0);
  v128.store(to, f32x4.add(v128.load(to), v128.xor(value, sign)));
}

@inline
function line(nearX: i32, farX: i32, row: i32, fx: v128): v128 {
  return lerp(v128.load(<usize>(nearX + row)), v128.load(<usize>(farX + row)), fx);
}

/** The parts of an address that the coordinates make: the brick, and the place in the brick. */
@inline
function partX(x: i32): i32 {
  return (x >> 3) * BRICK + ((x & 7) << 4);
}

@inline
function partY(y: i32): i32 {
  return (y >> 3) * brickRow + ((y & 7) << 7);
}

@inline
function partZ(z: i32): i32 {
  return (z >> 3) * brickSection + ((z & 7) << 10);
}
