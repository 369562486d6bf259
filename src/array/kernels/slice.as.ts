import { lerp, splat0, splat1, splat2, splat3, toInt } from "./lanes";

export { inverseRows, transformGroups } from "./fft.as";
export { threshold, toSpectrum, weighted } from "./finished-slices";

/**
 * Central slices of a half spectrum kept in bricks of 8 x 8 x 8 cells. A brick holds the 9 x 9 x 9 samples at its cells'
 * corners (x fastest, re and im as 16-bit integers) and then their unit, a float: so a cell's eight corners lie within one or
 * two pages of memory, and a slice, whose time is spent waiting for memory, touches half as much of it.
 *
 * Slices are made in tiles of 4 x 4 samples, and many slices together in the order of the places their tiles touch, so that
 * a brick is fetched once or twice for all of them. A slice lies in memory as the inverse transform takes it: see fft.as.ts.
 */

const ROW: i32 = 9 * 4;
const SECTION: i32 = 9 * ROW;
const SAMPLES: i32 = 9 * SECTION;
/** With the unit; a whole number of 8 bytes. */
const BRICK: i32 = SAMPLES + 4;
/** Samples along an edge of a tile. */
const TILE: i32 = 4;
/** Bytes of a pose: six floats of 64 bits, the vectors of a step along kx and along ky; where its slice and phases lie. */
const POSE: usize = 64;

/** Bricks along x and along y and z, and the place of zero along y and z. */
let bricks: usize = 0;
let across: i32 = 0;
let down: i32 = 0;
let middle: i32 = 0;

export function useBricks(at: usize, bricksAcross: i32, bricksDown: i32, zero: i32): void {
  bricks = at;
  across = bricksAcross;
  down = bricksDown;
  middle = zero;
}

@inline
function bound(value: i32, end: i32): i32 {
  return max(0, min(value, end - 1));
}

/** Number of the brick at a place, in an order in which those of a cube of 4 x 4 x 4 bricks follow each other. */
@inline
function nearBrick(x: f64, y: f64, z: f64): i32 {
  const sign: f64 = x < 0 ? -1 : 1;
  const bx = bound(<i32>(sign * x) >> 3, across);
  const by = bound(<i32>(<f64>middle + sign * y) >> 3, down);
  const bz = bound(<i32>(<f64>middle + sign * z) >> 3, down);
  const group = ((bz >> 2) * ((down + 3) >> 2) + (by >> 2)) * ((across + 3) >> 2) + (bx >> 2);
  return (group << 6) | ((bz & 3) << 4) | ((by & 3) << 2) | (bx & 3);
}

/**
 * Orders the tiles of several slices by the brick in their middle. A tile is two 32-bit words, its first ky and kx; the tile
 * t of pose p has the number p * tileCount + t, and `order` receives all numbers.
 *
 * @param keys a word for each number; counts a word for each brick and one more, `keyCount` in all
 */
export function orderTiles(
  poses: usize, poseCount: i32, tiles: usize, tileCount: i32, keys: usize, counts: usize, keyCount: i32, order: usize,
): void {
  memory.fill(counts, 0, <usize>keyCount * 4);
  let key = keys;
  for (let p = 0; p < poseCount; p++) {
    const pose = poses + <usize>p * POSE;
    for (let t = 0; t < tileCount; t++) {
      const tile = tiles + <usize>t * 8;
      const ky = <f64>load<i32>(tile) + 1.5;
      const kx = <f64>load<i32>(tile, 4) + 1.5;
      const brick = nearBrick(
        load<f64>(pose) * kx + load<f64>(pose, 24) * ky,
        load<f64>(pose, 8) * kx + load<f64>(pose, 32) * ky,
        load<f64>(pose, 16) * kx + load<f64>(pose, 40) * ky,
      );
      store<i32>(key, brick);
      key += 4;
      const at = counts + <usize>(brick + 1) * 4;
      store<i32>(at, load<i32>(at) + 1);
    }
  }
  for (let i = 1; i < keyCount; i++) {
    const at = counts + <usize>i * 4;
    store<i32>(at, load<i32>(at) + load<i32>(at - 4));
  }
  for (let n = 0; n < poseCount * tileCount; n++) {
    const at = counts + <usize>load<i32>(keys + <usize>n * 4) * 4;
    const place = load<i32>(at);
    store<i32>(at, place + 1);
    store<i32>(order + <usize>place * 4, n);
  }
}

/** Kept so that no compiler leaves the reading out. */
let fetched: i32 = 0;

/** Reads from each cache line of a brick, so that all are on their way from memory at the same time. */
function fetch(key: i32): void {
  const groupsAcross = (across + 3) >> 2;
  const groupsDown = (down + 3) >> 2;
  const group = key >> 6;
  const bx = ((group % groupsAcross) << 2) | (key & 3);
  const by = (((group / groupsAcross) % groupsDown) << 2) | ((key >> 2) & 3);
  const bz = ((group / groupsAcross / groupsDown) << 2) | ((key >> 4) & 3);
  let at = bricks + <usize>((bz * down + by) * across + bx) * <usize>BRICK;
  for (const end = at + <usize>BRICK; at < end; at += 64) fetched |= <i32>load<u8>(at);
}

/**
 * Fills the tiles of an order. What lies beyond `radius` or beyond `highest` along an axis is not touched, or set to 0.
 *
 * @param keys the brick of each number, as orderTiles leaves it; 0, for a slice alone: bricks come when they are needed
 */
export function sliceTiles(
  order: usize, count: i32, poses: usize, tiles: usize, tileCount: i32, keys: usize,
  box: i32, highest: i32, radius: f64, blockBytes: usize,
): void {
  let ahead = 0;
  let last = -1;
  for (let n = 0; n < count; n++) {
    const number = load<i32>(order + <usize>n * 4);
    if (keys != 0) {
      // before the first tile of a cube of 4 x 4 x 4 bricks all of them: the second-level cache holds them
      const group = load<i32>(keys + <usize>number * 4) >> 6;
      for (; ahead < count; ahead++) {
        const key = load<i32>(keys + <usize>load<i32>(order + <usize>ahead * 4) * 4);
        if (key >> 6 > group) break;
        if (key != last) fetch(key);
        last = key;
      }
    }
    const p = number / tileCount;
    const tile = tiles + <usize>(number - p * tileCount) * 8;
    const firstKy = load<i32>(tile);
    const kx = load<i32>(tile, 4);
    for (let ky = firstKy; ky < min(firstKy + TILE, highest + 1); ky++) {
      const inside = radius * radius - <f64>ky * <f64>ky;
      if (inside < 0) continue;
      const last = min(highest, <i32>Math.floor(Math.sqrt(inside)));
      if (kx <= last) fourSamples(poses + <usize>p * POSE, kx, ky, last, ky < 0 ? ky + box : ky, blockBytes);
    }
  }
}

@inline
function pair(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load_ext<i16>(at));
}

/** Samples of a cell at its x and at x + 1, as re, im, re, im; y and z interpolated. The values at x and x + 1 come in one load. */
@inline
function cell(at: usize, fy: v128, fz: v128): v128 {
  const v00 = pair(at);
  const v10 = pair(at + SECTION);
  return lerp(lerp(v00, pair(at + ROW), fy), lerp(v10, pair(at + SECTION + ROW), fy), fz);
}

/**
 * The samples (kx … kx + 3, ky), of which those beyond kx = last are 0: trilinear, times the phases of their column and row.
 * Places are kept as a whole number and a remainder, so that 32-bit floats lose nothing.
 */
@inline
function fourSamples(pose: usize, kx: i32, ky: i32, last: i32, row: i32, blockBytes: usize): void {
  const lanes = i32x4(0, 1, 2, 3);
  const left = i32x4.splat(last - kx);
  const steps = f32x4.convert_i32x4_s(i32x4.min_s(lanes, left));
  const ax = load<f64>(pose);
  const ay = load<f64>(pose, 8);
  const az = load<f64>(pose, 16);
  const x = ax * <f64>kx + load<f64>(pose, 24) * <f64>ky;
  const y = ay * <f64>kx + load<f64>(pose, 32) * <f64>ky;
  const z = az * <f64>kx + load<f64>(pose, 40) * <f64>ky;
  const wholeX = Math.floor(x);
  const wholeY = Math.floor(y);
  const wholeZ = Math.floor(z);
  let fx = f32x4.add(f32x4.splat(<f32>(x - wholeX)), f32x4.mul(f32x4.splat(<f32>ax), steps));
  let fy = f32x4.add(f32x4.splat(<f32>(y - wholeY)), f32x4.mul(f32x4.splat(<f32>ay), steps));
  let fz = f32x4.add(f32x4.splat(<f32>(z - wholeZ)), f32x4.mul(f32x4.splat(<f32>az), steps));
  // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
  const isNegative = f32x4.lt(f32x4.add(f32x4.splat(<f32>wholeX), fx), f32x4.splat(0));
  const signBit = v128.and(isNegative, i32x4.splat(<i32>0x80000000));
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
  const x0 = i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeX), isNegative), isNegative), toInt(floorX));
  const y0 = i32x4.add(
    i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeY), isNegative), isNegative), toInt(floorY)), zero,
  );
  const z0 = i32x4.add(
    i32x4.add(i32x4.sub(v128.xor(i32x4.splat(<i32>wholeZ), isNegative), isNegative), toInt(floorZ)), zero,
  );
  const brickRow = i32x4.add(i32x4.mul(i32x4.shr_s(z0, 3), i32x4.splat(down)), i32x4.shr_s(y0, 3));
  const brick = i32x4.add(i32x4.mul(brickRow, i32x4.splat(across)), i32x4.shr_s(x0, 3));
  const start = i32x4.add(i32x4.splat(<i32>bricks), i32x4.mul(brick, i32x4.splat(BRICK)));
  const seven = i32x4.splat(7);
  const inZ = v128.and(z0, seven);
  // 36 (9 z + y) + 4 x
  const rows = i32x4.add(i32x4.add(i32x4.shl(inZ, 3), inZ), v128.and(y0, seven));
  const offset = i32x4.add(
    i32x4.add(i32x4.shl(rows, 5), i32x4.shl(rows, 2)), i32x4.shl(v128.and(x0, seven), 2),
  );
  const at = i32x4.add(start, offset);
  const c0 = cell(<usize>i32x4.extract_lane(at, 0), splat0(fy), splat0(fz));
  const c1 = cell(<usize>i32x4.extract_lane(at, 1), splat1(fy), splat1(fz));
  const c2 = cell(<usize>i32x4.extract_lane(at, 2), splat2(fy), splat2(fz));
  const c3 = cell(<usize>i32x4.extract_lane(at, 3), splat3(fy), splat3(fz));
  let unit = v128.load32_splat(<usize>i32x4.extract_lane(start, 0) + SAMPLES);
  unit = v128.load_lane<f32>(<usize>i32x4.extract_lane(start, 1) + SAMPLES, unit, 1);
  unit = v128.load_lane<f32>(<usize>i32x4.extract_lane(start, 2) + SAMPLES, unit, 2);
  unit = v128.load_lane<f32>(<usize>i32x4.extract_lane(start, 3) + SAMPLES, unit, 3);
  const left01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5);
  const left23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5);
  const right01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7);
  const right23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7);
  const leftRe = v128.shuffle<f32>(left01, left23, 0, 1, 4, 5);
  const leftIm = v128.shuffle<f32>(left01, left23, 2, 3, 6, 7);
  const rightRe = v128.shuffle<f32>(right01, right23, 0, 1, 4, 5);
  const rightIm = v128.shuffle<f32>(right01, right23, 2, 3, 6, 7);
  const re = f32x4.mul(unit, lerp(leftRe, rightRe, fx));
  const im = f32x4.mul(v128.xor(unit, signBit), lerp(leftIm, rightIm, fx));
  const columnPhase = <usize>load<u32>(pose, 52) + <usize>(kx >> 2) * 32;
  const rowPhase = <usize>load<u32>(pose, 56) + <usize>row * 8;
  const columnRe = v128.load(columnPhase);
  const columnIm = v128.load(columnPhase, 16);
  const rowRe = v128.load32_splat(rowPhase);
  const rowIm = v128.load32_splat(rowPhase, 4);
  const c = f32x4.sub(f32x4.mul(rowRe, columnRe), f32x4.mul(rowIm, columnIm));
  const s = f32x4.add(f32x4.mul(rowRe, columnIm), f32x4.mul(rowIm, columnRe));
  const kept = i32x4.le_s(lanes, left);
  const to = <usize>load<u32>(pose, 48) + <usize>(kx >> 2) * blockBytes + <usize>row * 32;
  v128.store(to, v128.and(kept, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c))));
  v128.store(to, v128.and(kept, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s))), 16);
}
