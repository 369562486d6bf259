import { transform } from "./plan";
import { sineOfTurns, turn } from "./turns";

/**
 * Transforms the columns of an image's rows and multiplies them: by the CTF, by the phases that bring the particle to the
 * origin, and by `factors`, one a sample, where there are any. Weights become the CTF's square times `weight`.
 *
 * @param optics eight floats of 64 bits: of the phase in turns xx, xy, yy, quartic and offset; the step of kx; the highest
 *   frequency's square; the particle's weight
 * @param ky of each row, 64 bits; rowWeights and columnWeights: envelope, 32 bits
 * @param rowPhases re and im of each row; columnPhases: four re, then four im, of each block
 * @param factors 0 for none; as the weights
 */
export function filterParticle(
  plan: usize, blocks: usize, count: usize, blockBytes: usize, rows: usize, work: usize,
  optics: usize, ky: usize, rowWeights: usize, columnWeights: usize,
  rowPhases: usize, columnPhases: usize, weights: usize, factors: usize,
): void {
  const xx = f64x2.splat(load<f64>(optics));
  const xy = f64x2.splat(load<f64>(optics, 8));
  const yy = f64x2.splat(load<f64>(optics, 16));
  const quartic = f64x2.splat(load<f64>(optics, 24));
  const offset = f64x2.splat(load<f64>(optics, 32));
  const step = load<f64>(optics, 40);
  const particle = f32x4.splat(<f32>load<f64>(optics, 56));
  const c4 = f64x2.neg(quartic);
  for (let b: usize = 0; b < count; b++) {
    let at = blocks + b * blockBytes;
    transform(plan, at, 32, at, 32, work);
    const first = <f64>b * 4;
    const kxA = f64x2.mul(f64x2(first, first + 1), f64x2.splat(step));
    const kxB = f64x2.mul(f64x2(first + 2, first + 3), f64x2.splat(step));
    const kxA2 = f64x2.mul(kxA, kxA);
    const kxB2 = f64x2.mul(kxB, kxB);
    const a0 = f64x2.add(f64x2.mul(f64x2.sub(xx, f64x2.mul(quartic, kxA2)), kxA2), offset);
    const b0 = f64x2.add(f64x2.mul(f64x2.sub(xx, f64x2.mul(quartic, kxB2)), kxB2), offset);
    const a1 = f64x2.mul(xy, kxA);
    const b1 = f64x2.mul(xy, kxB);
    const a2 = f64x2.sub(yy, f64x2.mul(f64x2.splat(2), f64x2.mul(quartic, kxA2)));
    const b2 = f64x2.sub(yy, f64x2.mul(f64x2.splat(2), f64x2.mul(quartic, kxB2)));
    const column = v128.load(columnWeights + b * 16);
    const columnRe = v128.load(columnPhases + b * 32);
    const columnIm = v128.load(columnPhases + b * 32, 16);
    let weight = weights + b * rows * 16;
    let factor = factors + b * rows * 16;
    for (let y: usize = 0; y < rows; y++) {
      const k = load<f64>(ky + y * 8);
      const turnsA = f32x4.demote_f64x2_zero(turn(k, a0, a1, a2, c4));
      const turnsB = f32x4.demote_f64x2_zero(turn(k, b0, b1, b2, c4));
      const wave = sineOfTurns(v128.shuffle<f32>(turnsA, turnsB, 0, 1, 4, 5));
      const ctf = f32x4.mul(wave, f32x4.mul(column, v128.load32_splat(rowWeights + y * 4)));
      const weighted = f32x4.mul(ctf, particle);
      v128.store(weight, f32x4.mul(ctf, weighted));
      const scale = factors == 0 ? weighted : f32x4.mul(weighted, v128.load(factor));
      const rowRe = v128.load32_splat(rowPhases + y * 8);
      const rowIm = v128.load32_splat(rowPhases + y * 8, 4);
      const c = f32x4.mul(scale, f32x4.sub(f32x4.mul(rowRe, columnRe), f32x4.mul(rowIm, columnIm)));
      const s = f32x4.mul(scale, f32x4.add(f32x4.mul(rowRe, columnIm), f32x4.mul(rowIm, columnRe)));
      const re = v128.load(at);
      const im = v128.load(at, 16);
      v128.store(at, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
      v128.store(at, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)), 16);
      at += 32;
      weight += 16;
      factor += 16;
    }
  }
}
