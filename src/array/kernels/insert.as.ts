import { toInt } from "./lanes";
import { BRICK, brickRow, brickSection, middle, volume } from "./volume";

export { forwardRows } from "./fft.as";
export { filterParticle } from "./particle-filter";
export { useVolume } from "./volume";

/**
 * Back-projection: slices are added to a half transform of a volume (volume.ts), each sample to the eight voxels around it.
 *
 * A slice lies in blocks of four columns as fft.as.ts leaves them, and its weights in blocks of four floats a line.
 */

/** Groups of four samples of a row that wait to be added, and how many of them each brick has. */
let listed: i32 = 0;
let bricks: i32 = 0;
let keys: usize = 0;
let names: usize = 0;
let sorted: usize = 0;
let counts: usize = 0;

/** @param at room for twelve bytes of each of `most` groups, then for four bytes of each brick and four more */
export function useList(at: usize, most: i32, bricksOfVolume: i32): void {
  keys = at;
  names = keys + 4 * <usize>most;
  sorted = names + 4 * <usize>most;
  counts = sorted + 4 * <usize>most;
  bricks = bricksOfVolume;
  clearList();
}

export function clearList(): void {
  listed = 0;
  memory.fill(counts, 0, 4 * <usize>(bricks + 1));
}

/** The last column of a row that counts: within `radius`, and Nyquist of an even size once, as positive; negative for none. */
@inline
function lastColumn(ky: i32, rows: i32, radius: f64): i32 {
  const inside = radius * radius - <f64>ky * <f64>ky;
  return inside < 0 ? -1 : min(rows >> 1, <i32>Math.floor(Math.sqrt(inside)));
}

/**
 * Puts the groups of a slice on the list, each with the brick in which it begins. A group's name: ten bits for the place of its
 * slice among those that wait, twelve for its row, ten for its block.
 *
 * @param matrix seven floats of 64 bits: the steps in voxels along x, y, z of one kx, then of one ky; frequency steps from zero up to
 *   which samples count
 */
export function listSlice(place: i32, rows: i32, matrix: usize): void {
  const ax = load<f64>(matrix);
  const ay = load<f64>(matrix, 8);
  const az = load<f64>(matrix, 16);
  const zero = <f64>middle;
  for (let ky = -((rows - 1) >> 1); ky <= rows >> 1; ky++) {
    const last = lastColumn(ky, rows, load<f64>(matrix, 48));
    const bx = load<f64>(matrix, 24) * <f64>ky;
    const by = load<f64>(matrix, 32) * <f64>ky;
    const bz = load<f64>(matrix, 40) * <f64>ky;
    const row = ky < 0 ? ky + rows : ky;
    for (let kx = 0; kx <= last; kx += 4) {
      const x = ax * <f64>kx + bx;
      const sign: f64 = x < 0 ? -1 : 1;
      const acrossBrick = <i32>(sign * x) >> 3;
      const downBrick = <i32>(sign * (ay * <f64>kx + by) + zero) >> 3;
      const section = <i32>(sign * (az * <f64>kx + bz) + zero) >> 3;
      // by numbers of bricks: the bytes of a large volume do not fit into a whole number with a sign
      const key = acrossBrick + downBrick * (brickRow / BRICK) + section * (brickSection / BRICK);
      const at: usize = 4 * <usize>listed;
      listed++;
      store<i32>(keys + at, key);
      store<i32>(names + at, (place << 22) | (row << 10) | (kx >> 2));
      const count = counts + 4 * <usize>(key + 1);
      store<i32>(count, load<i32>(count) + 1);
    }
  }
}

/**
 * Adds what is listed to the volume, brick by brick: a volume does not fit into the cache, and slice by slice every voxel would be
 * fetched from memory anew. In a brick the order is that of the list.
 *
 * @param slices the blocks of the first slice that waits; those of the others follow every `sliceBytes`
 * @param weights where the weights of a slice lie behind its blocks
 * @param matrices as listSlice takes them, 64 bytes for each slice
 */
export function addListed(
  slices: usize, sliceBytes: usize, blockBytes: usize, weights: usize, rows: i32, matrices: usize,
): void {
  // how many groups come before those of each brick
  for (let brick = 1; brick <= bricks; brick++) {
    const count = counts + 4 * <usize>brick;
    store<i32>(count, load<i32>(count) + load<i32>(count - 4));
  }
  for (let i = 0; i < listed; i++) {
    const count = counts + 4 * <usize>load<i32>(keys + 4 * <usize>i);
    const at = load<i32>(count);
    store<i32>(sorted + 4 * <usize>at, load<i32>(names + 4 * <usize>i));
    store<i32>(count, at + 1);
  }
  for (let i = 0; i < listed; i++) {
    const name = load<u32>(sorted + 4 * <usize>i);
    const place = <usize>(name >> 22);
    const row = (name >> 10) & 4095;
    const block = name & 1023;
    const slice = slices + place * sliceBytes;
    addGroup(
      slice + <usize>block * blockBytes + <usize>row * 32,
      slice + weights + (<usize>block * <usize>rows + <usize>row) * 16,
      matrices + 64 * place, rows, row, 4 * block,
    );
  }
  clearList();
}

/** Adds four samples of a row. Of column 0, whose two halves say the same, only ky > 0 counts, and at zero frequency only the weight. */
@inline
function addGroup(at: usize, weights: usize, matrix: usize, rows: i32, row: i32, kx: i32): void {
  const ax = load<f64>(matrix);
  const ay = load<f64>(matrix, 8);
  const az = load<f64>(matrix, 16);
  const bx = load<f64>(matrix, 24);
  const by = load<f64>(matrix, 32);
  const bz = load<f64>(matrix, 40);
  const ky = row > rows >> 1 ? row - rows : row;
  const lanes = i32x4(0, 1, 2, 3);
  const left = i32x4.splat(lastColumn(ky, rows, load<f64>(matrix, 48)) - kx);
  let kept = i32x4.le_s(lanes, left);
  let counted = kept;
  if (kx == 0 && ky <= 0) {
    kept = v128.andnot(kept, i32x4(-1, 0, 0, 0));
    if (ky < 0) counted = kept;
  }
  addFour(
    v128.and(kept, v128.load(at)), v128.and(kept, v128.load(at, 16)), v128.and(counted, v128.load(weights)),
    f32x4.convert_i32x4_s(i32x4.min_s(lanes, left)),
    ax * <f64>kx + bx * <f64>ky, ay * <f64>kx + by * <f64>ky, az * <f64>kx + bz * <f64>ky,
    <f32>ax, <f32>ay, <f32>az,
  );
}

/** The part of an address that a coordinate makes: its brick, and its place in the brick. */
@inline
function part(coordinate: v128, stride: i32, shift: i32): v128 {
  const brick = i32x4.mul(i32x4.shr_s(coordinate, 3), i32x4.splat(stride));
  return i32x4.add(brick, i32x4.shl(v128.and(coordinate, i32x4.splat(7)), shift));
}

/**
 * Adds four samples of a row, the first at (x, y, z), to the voxels around them. Places are kept as a whole number and a
 * remainder, so that 32-bit floats lose nothing.
 */
@inline
function addFour(
  re: v128, im: v128, weight: v128, steps: v128, x: f64, y: f64, z: f64, ax: f32, ay: f32, az: f32,
): void {
  const wholeX = Math.floor(x);
  const wholeY = Math.floor(y);
  const wholeZ = Math.floor(z);
  let fx = f32x4.add(f32x4.splat(<f32>(x - wholeX)), f32x4.mul(f32x4.splat(ax), steps));
  let fy = f32x4.add(f32x4.splat(<f32>(y - wholeY)), f32x4.mul(f32x4.splat(ay), steps));
  let fz = f32x4.add(f32x4.splat(<f32>(z - wholeZ)), f32x4.mul(f32x4.splat(az), steps));
  // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
  const isNegative = f32x4.lt(f32x4.add(f32x4.splat(<f32>wholeX), fx), f32x4.splat(0));
  const signBit = v128.and(isNegative, i32x4.splat(<i32>0x80000000));
  im = v128.xor(im, signBit);
  fx = v128.xor(fx, signBit);
  fy = v128.xor(fy, signBit);
  fz = v128.xor(fz, signBit);
  const floorX = f32x4.floor(fx);
  const floorY = f32x4.floor(fy);
  const floorZ = f32x4.floor(fz);
  fx = f32x4.sub(fx, floorX);
  fy = f32x4.sub(fy, floorY);
  fz = f32x4.sub(fz, floorZ);
  const zero = i32x4.splat(middle);
  const one = i32x4.splat(1);
  const x0 = i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeX), isNegative), isNegative), toInt(floorX));
  const y0 = i32x4.add(
    i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeY), isNegative), isNegative), toInt(floorY)), zero,
  );
  const z0 = i32x4.add(
    i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeZ), isNegative), isNegative), toInt(floorZ)), zero,
  );
  const atX0 = i32x4.add(i32x4.splat(volume), part(x0, BRICK, 4));
  const atX1 = i32x4.add(i32x4.splat(volume), part(i32x4.add(x0, one), BRICK, 4));
  const atY0 = part(y0, brickRow, 7);
  const atY1 = part(i32x4.add(y0, one), brickRow, 7);
  const atZ0 = part(z0, brickSection, 10);
  const atZ1 = part(i32x4.add(z0, one), brickSection, 10);
  const gx = f32x4.sub(f32x4.splat(1), fx);
  const gy = f32x4.sub(f32x4.splat(1), fy);
  const gz = f32x4.sub(f32x4.splat(1), fz);
  // the samples as voxels: re, im, weight, 0
  const low01 = v128.shuffle<f32>(re, im, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(re, im, 2, 6, 3, 7);
  const high01 = v128.shuffle<f32>(weight, i32x4.splat(0), 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(weight, i32x4.splat(0), 2, 6, 3, 7);
  const v0 = v128.shuffle<f32>(low01, high01, 0, 1, 4, 5);
  const v1 = v128.shuffle<f32>(low01, high01, 2, 3, 6, 7);
  const v2 = v128.shuffle<f32>(low23, high23, 0, 1, 4, 5);
  const v3 = v128.shuffle<f32>(low23, high23, 2, 3, 6, 7);
  let at = i32x4.add(atZ0, atY0);
  let share = f32x4.mul(gz, gy);
  addPair(v0, v1, v2, v3, i32x4.add(at, atX0), f32x4.mul(share, gx), i32x4.add(at, atX1), f32x4.mul(share, fx));
  at = i32x4.add(atZ0, atY1);
  share = f32x4.mul(gz, fy);
  addPair(v0, v1, v2, v3, i32x4.add(at, atX0), f32x4.mul(share, gx), i32x4.add(at, atX1), f32x4.mul(share, fx));
  at = i32x4.add(atZ1, atY0);
  share = f32x4.mul(fz, gy);
  addPair(v0, v1, v2, v3, i32x4.add(at, atX0), f32x4.mul(share, gx), i32x4.add(at, atX1), f32x4.mul(share, fx));
  at = i32x4.add(atZ1, atY1);
  share = f32x4.mul(fz, fy);
  addPair(v0, v1, v2, v3, i32x4.add(at, atX0), f32x4.mul(share, gx), i32x4.add(at, atX1), f32x4.mul(share, fx));
}

/** Adds each of four samples to two voxels, by its share in each. */
@inline
function addPair(v0: v128, v1: v128, v2: v128, v3: v128, near: v128, nearShare: v128, far: v128, farShare: v128): void {
  addTo(i32x4.extract_lane(near, 0), v0, v128.shuffle<f32>(nearShare, nearShare, 0, 0, 0, 0));
  addTo(i32x4.extract_lane(far, 0), v0, v128.shuffle<f32>(farShare, farShare, 0, 0, 0, 0));
  addTo(i32x4.extract_lane(near, 1), v1, v128.shuffle<f32>(nearShare, nearShare, 1, 1, 1, 1));
  addTo(i32x4.extract_lane(far, 1), v1, v128.shuffle<f32>(farShare, farShare, 1, 1, 1, 1));
  addTo(i32x4.extract_lane(near, 2), v2, v128.shuffle<f32>(nearShare, nearShare, 2, 2, 2, 2));
  addTo(i32x4.extract_lane(far, 2), v2, v128.shuffle<f32>(farShare, farShare, 2, 2, 2, 2));
  addTo(i32x4.extract_lane(near, 3), v3, v128.shuffle<f32>(nearShare, nearShare, 3, 3, 3, 3));
  addTo(i32x4.extract_lane(far, 3), v3, v128.shuffle<f32>(farShare, farShare, 3, 3, 3, 3));
}

@inline
function addTo(at: i32, value: v128, share: v128): void {
  v128.store(<usize>at, f32x4.add(v128.load(<usize>at), f32x4.mul(value, share)));
}
