import { transform } from "./transform/plan";

export { transformGroups } from "./fft.as";
import { forwardRows, inverseRows } from "./fft.as";

/**
 * Convolution of a real and even function of three frequencies, by a product in real space, where it is real and even too: half of
 * each transform says it all.
 *
 * Values lie by blocks of four columns kx, in each by pairs of rows ky and -ky, and along kz: eight floats, four of -ky, then four
 * of ky. Pair 0 is ky = 0 alone. A pair goes through the transform along z as imaginary and real part of one line. What comes out lies
 * in blocks of four columns as fft.as.ts has them, sections z = 0 to n / 2.
 */

/**
 * Products of weights and `factors`, transformed along z, to the sections of a block; rows without values become 0.
 *
 * @param line n times 32 bytes; work as transform's
 */
export function spread(
  weights: usize, factors: usize, pairs: usize, n: usize, to: usize, sectionBytes: usize,
  plan: usize, line: usize, work: usize,
): void {
  const half = f32x4.splat(0.5);
  for (let pair: usize = 0; pair < pairs; pair++) {
    for (let z: usize = 0; z < n * 32; z += 32) {
      v128.store(line + z, f32x4.mul(v128.load(weights + z), v128.load(factors + z)));
      v128.store(line + z + 16, f32x4.mul(v128.load(weights + z, 16), v128.load(factors + z, 16)));
    }
    weights += n * 32;
    factors += n * 32;
    transform(plan, line, 32, line, 32, work);
    // of C = A + iB, imaginary parts first: A = (C + C*) / 2 and B = (C - C*) / 2i, where C* is that at -z, conjugated
    let own = to + pair * 32;
    let mirrored = to + (n - pair) * 32;
    for (let z: usize = 0; z <= n / 2; z++) {
      const at = line + z * 32;
      const minus = line + (z == 0 ? 0 : n - z) * 32;
      const im = f32x4.mul(v128.load(at), half);
      const re = f32x4.mul(v128.load(at, 16), half);
      const imMinus = f32x4.mul(v128.load(minus), half);
      const reMinus = f32x4.mul(v128.load(minus, 16), half);
      v128.store(own, f32x4.sub(im, imMinus));
      v128.store(own, f32x4.add(re, reMinus), 16);
      if (pair > 0) {
        v128.store(mirrored, f32x4.sub(reMinus, re));
        v128.store(mirrored, f32x4.add(im, imMinus), 16);
      }
      own += sectionBytes;
      mirrored += sectionBytes;
    }
  }
  for (let z: usize = 0; z <= n / 2; z++) {
    memory.fill(to + z * sectionBytes + pairs * 32, 0, (n + 1 - 2 * pairs) * 32);
  }
}

/** Transforms the sections of a block back along z and divides `factors` by the size of what comes out, `least` at least. */
export function gather(
  from: usize, sectionBytes: usize, factors: usize, pairs: usize, n: usize, least: f32, most: f32,
  plan: usize, line: usize, work: usize,
): void {
  const floor = f32x4.splat(least);
  const ceiling = f32x4.splat(most);
  for (let pair: usize = 0; pair < pairs; pair++) {
    let own = from + pair * 32;
    let mirrored = from + (pair == 0 ? 0 : n - pair) * 32;
    for (let z: usize = 0; z <= n / 2; z++) {
      const aRe = v128.load(own);
      const aIm = v128.load(own, 16);
      const bRe = v128.load(mirrored);
      const bIm = v128.load(mirrored, 16);
      const minus = line + (z == 0 ? 0 : n - z) * 32;
      v128.store(minus, f32x4.add(aRe, bIm));
      v128.store(minus, f32x4.sub(bRe, aIm), 16);
      v128.store(line + z * 32, f32x4.sub(aRe, bIm));
      v128.store(line + z * 32, f32x4.add(aIm, bRe), 16);
      own += sectionBytes;
      mirrored += sectionBytes;
    }
    transform(plan, line, 32, line, 32, work);
    for (let z: usize = 0; z < n * 32; z += 32) {
      divide(factors + z, v128.load(line + z, 16), floor, ceiling);
      divide(factors + z + 16, v128.load(line + z), floor, ceiling);
    }
    factors += n * 32;
  }
}

@inline
function divide(at: usize, by: v128, floor: v128, ceiling: v128): void {
  v128.store(at, f32x4.min(ceiling, f32x4.div(v128.load(at), f32x4.max(floor, f32x4.abs(by)))));
}

/**
 * Multiplies a section in real space by a table over the squared distance from sample 0, `limit` floats long and 0 beyond.
 *
 * @param blocks of the section; squared: z²; stage: as many lines as `lines`, a multiple of eight
 */
export function multiplySection(
  blocks: usize, blockBytes: usize, n: usize, squared: usize, table: usize, limit: usize,
  plan: usize, stage: usize, lines: usize, scale: f32, work: usize,
): void {
  for (let y: usize = 0; y < n; y += lines) {
    const at = blocks + y * 32;
    const count = min(lines, n - y);
    inverseRows(plan, at, blockBytes, count, stage, n, scale, work);
    for (let line: usize = 0; line < count; line++) {
      const dy = min(y + line, n - y - line);
      multiplyLine(stage + line * n * 4, n, squared + dy * dy, table, limit);
    }
    forwardRows(plan, stage, n, count, at, blockBytes, work);
  }
}

@inline
function multiplyLine(line: usize, n: usize, beside: usize, table: usize, limit: usize): void {
  for (let x: usize = 0; x <= n / 2; x++) {
    const square = beside + x * x;
    const factor = square < limit ? load<f32>(table + square * 4) : <f32>0;
    const at = line + x * 4;
    store<f32>(at, load<f32>(at) * factor);
    if (x == 0 || x + x == n) continue;
    const mirror = line + (n - x) * 4;
    store<f32>(mirror, load<f32>(mirror) * factor);
  }
}
