import { transform } from "./transform/plan";
import { constantTerm, fourSines, linearTerm, Optics, squareTerm, twoColumns } from "./turns";

/**
 * Transforms the columns of an image's rows and multiplies them: by the CTF, by the phases that bring the particle to the
 * origin, and by `factors`, one a sample, where there are any. Weights become the CTF's square times `weight`.
 *
 * @param ky of each row, 64 bits; rowWeights and columnWeights: envelope, 32 bits
 * @param rowPhases re and im of each row; columnPhases: four re, then four im, of each block
 * @param factors 0 for none; as the weights
 */
export function filterParticle(
  plan: usize, blocks: usize, count: usize, blockBytes: usize, rows: usize, work: usize,
  optics: Optics, ky: usize, rowWeights: usize, columnWeights: usize,
  rowPhases: usize, columnPhases: usize, weights: usize, factors: usize,
): void {
  const particle = f32x4.splat(<f32>optics.particle);
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
    const columnRe = v128.load(columnPhases + b * 32);
    const columnIm = v128.load(columnPhases + b * 32, 16);
    let weight = weights + b * rows * 16;
    let factor = factors + b * rows * 16;
    for (let y: usize = 0; y < rows; y++) {
      const k = load<f64>(ky + y * 8);
      const wave = fourSines(k, a0, a1, a2, b0, b1, b2, c4);
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
