import { transform } from "./transform/plan";

/**
 * Real transforms of rows and complex ones of columns, on spectra kept in blocks of four columns: line y of block b
 * lies at blocks + b * blockBytes + 32 y and holds four real parts, then four imaginary parts. So the columns of a
 * block are the lanes of one transform, and lie together in memory. `stage` is where rows come in and go out: lines
 * end to end, as in an Image or a Spectrum. Lines are taken eight at a time; up to seven more are touched.
 */

/** Lanes are rows on one side and columns on the other: rows of four values become columns of four. */
@inline
function transposed(a: v128, b: v128, c: v128, d: v128, which: i32): v128 {
  if (which < 2) {
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    return which == 0 ? v128.shuffle<f32>(ab, cd, 0, 1, 4, 5) : v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
  }
  const ab = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  return which == 2 ? v128.shuffle<f32>(ab, cd, 0, 1, 4, 5) : v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
}

/** Stores the four vectors, transposed, `stride` bytes apart. */
@inline
function storeTransposed(to: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, transposed(a, b, c, d, 0));
  v128.store(to + stride, transposed(a, b, c, d, 1));
  v128.store(to + 2 * stride, transposed(a, b, c, d, 2));
  v128.store(to + 3 * stride, transposed(a, b, c, d, 3));
}

/** Loads four vectors `stride` bytes apart and stores their halves transposed, 32 bytes apart. */
@inline
function moveHalves(from: usize, stride: usize, to: usize): void {
  const half = f32x4.splat(0.5);
  storeTransposed(
    to, 32,
    f32x4.mul(v128.load(from), half), f32x4.mul(v128.load(from + stride), half),
    f32x4.mul(v128.load(from + 2 * stride), half), f32x4.mul(v128.load(from + 3 * stride), half),
  );
}

/** Real rows in the stage to lines of the half spectrum in blocks. `work` as transform's, and a line before it. */
export function forwardRows(
  plan: usize, stage: usize, columns: usize, lines: usize, blocks: usize, blockBytes: usize, work: usize,
): void {
  const bytes = columns * 4;
  const blockCount = columns / 8 + 1;
  const inner = work + columns * 32 + 128;
  for (let line: usize = 0; line < lines; line += 8) {
    // row i in the real parts of lane i, row i + 4 in the imaginary parts; halved for `separate`
    for (let x: usize = 0; x < columns; x += 4) {
      moveHalves(stage + x * 4, bytes, work + x * 32);
      moveHalves(stage + x * 4 + 4 * bytes, bytes, work + x * 32 + 16);
    }
    transform(plan, work, 32, work, 32, inner);
    for (let b: usize = 0; b < blockCount; b++) {
      separate(work, columns, 4 * b, blocks + b * blockBytes + line * 32);
    }
    stage += 8 * bytes;
  }
}

/** Spectra of rows a and b, four columns, from Z of (a + ib) / 2: A = Z[k] + Z*[-k], B = (Z[k] - Z*[-k]) / i. */
@inline
function separate(line: usize, n: usize, k: usize, to: usize): void {
  const z0 = line + k * 32;
  const m0 = line + (k == 0 ? 0 : n - k) * 32;
  const m1 = line + (k + 1 <= n ? n - k - 1 : 0) * 32;
  const m2 = line + (k + 2 <= n ? n - k - 2 : 0) * 32;
  const m3 = line + (k + 3 <= n ? n - k - 3 : 0) * 32;
  storeTransposed(to, 32, sum(z0, m0), sum(z0 + 32, m1), sum(z0 + 64, m2), sum(z0 + 96, m3));
  storeTransposed(
    to + 16, 32,
    difference(z0 + 16, m0 + 16), difference(z0 + 48, m1 + 16), difference(z0 + 80, m2 + 16), difference(z0 + 112, m3 + 16),
  );
  storeTransposed(to + 128, 32, sum(z0 + 16, m0 + 16), sum(z0 + 48, m1 + 16), sum(z0 + 80, m2 + 16), sum(z0 + 112, m3 + 16));
  storeTransposed(to + 144, 32, difference(m0, z0), difference(m1, z0 + 32), difference(m2, z0 + 64), difference(m3, z0 + 96));
}

@inline
function sum(a: usize, b: usize): v128 {
  return f32x4.add(v128.load(a), v128.load(b));
}

@inline
function difference(a: usize, b: usize): v128 {
  return f32x4.sub(v128.load(a), v128.load(b));
}

/** Transforms in place `count` groups of four lines; group i starts at `at` + i * groupBytes, its elements a stride apart. */
export function transformGroups(
  plan: usize, at: usize, count: usize, groupBytes: usize, stride: usize, work: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    transform(plan, at, stride, at, stride, work);
    at += groupBytes;
  }
}

/** Lines of blocks to the stage, as interleaved re, im, `group` lines at a time. */
export function linesToStage(
  blocks: usize, blockBytes: usize, half: usize, lines: usize, stage: usize, group: usize,
): void {
  for (let line: usize = 0; line < lines; line += group) {
    const count = min(group, lines - line);
    // the last block goes first: what it writes too much is overwritten
    for (let b = (half + 3) / 4; b-- > 0; ) {
      let from = blocks + b * blockBytes + line * 32;
      let to = stage + (line * half + b * 4) * 8;
      for (let i: usize = 0; i < count; i++) {
        const real = v128.load(from);
        const imaginary = v128.load(from, 16);
        v128.store(to, v128.shuffle<f32>(real, imaginary, 0, 4, 1, 5));
        v128.store(to, v128.shuffle<f32>(real, imaginary, 2, 6, 3, 7), 16);
        from += 32;
        to += half * 8;
      }
    }
  }
}

/** Interleaved lines of the stage to blocks, imaginary parts first: the forward transform then is the inverse. */
export function stageToLines(stage: usize, half: usize, lines: usize, blocks: usize, blockBytes: usize): void {
  const blockCount = (half + 3) / 4;
  for (let line: usize = 0; line < lines; line += 8) {
    for (let b: usize = 0; b < blockCount; b++) {
      let from = stage + (line * half + b * 4) * 8;
      let to = blocks + b * blockBytes + line * 32;
      for (const end = to + 256; to < end; to += 32) {
        const first = v128.load(from);
        const second = v128.load(from, 16);
        v128.store(to, v128.shuffle<f32>(first, second, 1, 3, 5, 7));
        v128.store(to, v128.shuffle<f32>(first, second, 0, 2, 4, 6), 16);
        from += half * 8;
      }
    }
  }
}

/** Lines of blocks (imaginary parts first) to real rows in the stage, times `scale`. `work` as forwardRows'. */
export function inverseRows(
  plan: usize, blocks: usize, blockBytes: usize, lines: usize, stage: usize, columns: usize, scale: f32, work: usize,
): void {
  const blockCount = columns / 8 + 1;
  const inner = work + columns * 32 + 128;
  const factor = f32x4.splat(scale);
  for (let line: usize = 0; line < lines; line += 8) {
    const lastBlock = blocks + (blockCount - 1) * blockBytes + line * 32;
    for (let b: usize = 0; b < blockCount - 1; b++) {
      unite(blocks + b * blockBytes + line * 32, work, columns, 4 * b);
    }
    for (let k: usize = 4 * (blockCount - 1); k <= columns / 2; k++) uniteColumn(lastBlock, work, columns, k);
    uniteColumn(blocks + line * 32, work, columns, 0);
    transform(plan, work, 32, work, 32, inner);
    for (let x: usize = 0; x < columns; x += 4) {
      moveScaled(work + x * 32 + 16, stage + x * 4, columns, x, factor);
      moveScaled(work + x * 32, stage + x * 4 + 16 * columns, columns, x, factor);
    }
    stage += 32 * columns;
  }
}

/**
 * A + iB from the half spectra of rows a (lines 0 to 3) and b (lines 4 to 7), imaginary parts first: columns k to k + 3
 * and their mirror images. Column 0, which has none, is left to uniteColumn.
 */
@inline
function unite(from: usize, line: usize, n: usize, k: usize): void {
  const at = line + k * 32;
  const mirror = line + (n - k) * 32;
  const b = from + 128;
  // sum and difference come before the transposition, so few values are alive at a time
  storeTransposed(at, 32, sum(b + 16, from), sum(b + 48, from + 32), sum(b + 80, from + 64), sum(b + 112, from + 96));
  storeTransposed(
    at + 16, 32,
    difference(from + 16, b), difference(from + 48, b + 32), difference(from + 80, b + 64), difference(from + 112, b + 96),
  );
  storeTransposed(
    mirror, <usize>-32,
    difference(b + 16, from), difference(b + 48, from + 32), difference(b + 80, from + 64), difference(b + 112, from + 96),
  );
  storeTransposed(
    mirror + 16, <usize>-32,
    sum(from + 16, b), sum(from + 48, b + 32), sum(from + 80, b + 64), sum(from + 112, b + 96),
  );
}

/** The same for the single column k, lane by lane; at 0 and n / 2 imaginary parts of the spectra do not count. */
function uniteColumn(from: usize, line: usize, n: usize, k: usize): void {
  const own = k == 0 || k + k == n;
  const column = from + (k & 3) * 4;
  const at = line + k * 32;
  const mirror = line + (n - k) * 32;
  for (let lane: usize = 0; lane < 4; lane++) {
    const a = column + lane * 32;
    const aIm = own ? <f32>0 : load<f32>(a);
    const aRe = load<f32>(a, 16);
    const bIm = own ? <f32>0 : load<f32>(a, 128);
    const bRe = load<f32>(a, 144);
    store<f32>(at + lane * 4, bRe + aIm);
    store<f32>(at + lane * 4, aRe - bIm, 16);
    if (own) continue;
    store<f32>(mirror + lane * 4, bRe - aIm);
    store<f32>(mirror + lane * 4, aRe + bIm, 16);
  }
}

/** Four columns of four rows out of the lanes; at the end of the rows no more than there are. */
@inline
function moveScaled(from: usize, to: usize, columns: usize, x: usize, factor: v128): void {
  const bytes = columns * 4;
  const a = f32x4.mul(v128.load(from), factor);
  const b = f32x4.mul(v128.load(from, 32), factor);
  const c = f32x4.mul(v128.load(from, 64), factor);
  const d = f32x4.mul(v128.load(from, 96), factor);
  if (x + 4 <= columns) storeTransposed(to, bytes, a, b, c, d);
  else {
    storeLanes(to, bytes, a);
    if (x + 1 < columns) storeLanes(to + 4, bytes, b);
    if (x + 2 < columns) storeLanes(to + 8, bytes, c);
  }
}

@inline
function storeLanes(to: usize, bytes: usize, a: v128): void {
  f32.store(to, f32x4.extract_lane(a, 0));
  f32.store(to + bytes, f32x4.extract_lane(a, 1));
  f32.store(to + 2 * bytes, f32x4.extract_lane(a, 2));
  f32.store(to + 3 * bytes, f32x4.extract_lane(a, 3));
}
