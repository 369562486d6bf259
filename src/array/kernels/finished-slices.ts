// What becomes of slices as slice.as.ts leaves them, in blocks of four columns, im before re.

/** A slice as a half spectrum: lines of re, im. Up to three samples beyond the end are touched. */
export function toSpectrum(blocks: usize, blockBytes: usize, half: usize, rows: usize, to: usize): void {
  for (let y: usize = 0; y < rows; y++) {
    // the last block goes past the end of the line, into what the next line writes
    for (let b: usize = 0; b < (half + 3) / 4; b++) {
      const at = blocks + b * blockBytes + y * 32;
      const im = v128.load(at);
      const re = v128.load(at, 16);
      v128.store(to + b * 32, v128.shuffle<f32>(re, im, 0, 4, 1, 5));
      v128.store(to + b * 32, v128.shuffle<f32>(re, im, 2, 6, 3, 7), 16);
    }
    to += half * 8;
  }
}

/** A slice times a weight of each row and each column, into the place of another, which was 0 throughout. */
export function weighted(
  from: usize, to: usize, blocks: usize, blockBytes: usize, rows: usize, rowWeights: usize, columnWeights: usize,
): void {
  for (let b: usize = 0; b < blocks; b++) {
    const column = v128.load(columnWeights + b * 16);
    let source = from + b * blockBytes;
    let target = to + b * blockBytes;
    for (let y: usize = 0; y < rows; y++) {
      const weight = f32x4.mul(column, v128.load32_splat(rowWeights + y * 4));
      v128.store(target, f32x4.mul(weight, v128.load(source)));
      v128.store(target, f32x4.mul(weight, v128.load(source, 16)), 16);
      source += 32;
      target += 32;
    }
  }
}

/** 1 where a pixel reaches a level, else 0; how many do. Pixels come in sixteens; up to fifteen more are touched. */
export function threshold(image: usize, pixels: i32, level: f32, inside: usize): i32 {
  const least = f32x4.splat(level);
  let found = 0;
  for (let i = 0; i < pixels; i += 16) {
    const at = image + <usize>i * 4;
    const reaches = i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(f32x4.ge(v128.load(at), least), f32x4.ge(v128.load(at, 16), least)),
      i16x8.narrow_i32x4_s(f32x4.ge(v128.load(at, 32), least), f32x4.ge(v128.load(at, 48), least)),
    );
    v128.store(inside + <usize>i, v128.and(reaches, i8x16.splat(1)));
    // what lies beyond the last pixel does not count
    const left = pixels - i;
    const bits = i8x16.bitmask(reaches);
    found += popcnt(left < 16 ? bits & ((1 << left) - 1) : bits);
  }
  return found;
}
