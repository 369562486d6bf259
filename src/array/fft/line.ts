/** One-dimensional complex transforms of any length, in float64: the reference for the WebAssembly kernels. */
export interface LinePlan {
  readonly n: number;
  /**
   * Forward transform in place, unscaled: X[k] = Σ x[j] exp(-2πi jk / n). Called with the two parts exchanged it is
   * the unscaled inverse.
   */
  transform(re: Float64Array, im: Float64Array): void;
}

/** Prime factors beyond this go through Bluestein's convolution, whose cost does not grow with the prime. */
const LARGEST_DIRECT_PRIME = 128;

const plans = new Map<number, LinePlan>();

/** The plan of length n; plans are kept, as one micrograph uses the same few lengths again and again. */
export function linePlan(n: number): LinePlan {
  let plan = plans.get(n);
  if (!plan) {
    const factors = radices(n);
    plan = Math.max(...factors) > LARGEST_DIRECT_PRIME ? bluesteinPlan(n) : new MixedRadixPlan(n, factors);
    if (plans.size >= 64) plans.clear();
    plans.set(n, plan);
  }
  return plan;
}

/** n as a product of 4s, 2s, 3s, 5s and other primes, ascending after the 4s; [1] for 1. */
export function radices(n: number): number[] {
  const found: number[] = [];
  let rest = n;
  for (let p = 4; rest > 1; p = nextCandidate(p)) {
    if (p !== 4 && p * p > rest && rest > 5) p = rest;
    for (; rest % p === 0; rest /= p) found.push(p);
  }
  return found.length === 0 ? [1] : found;
}

const nextCandidate = (p: number): number => (p === 4 ? 2 : p === 2 ? 3 : p + 2);

/** cos and -sin of 2π k / n for k = 0 … n - 1, interleaved. */
function rootsOfUnity(n: number): Float64Array {
  const roots = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    roots[2 * k] = Math.cos((2 * Math.PI * k) / n);
    roots[2 * k + 1] = -Math.sin((2 * Math.PI * k) / n);
  }
  return roots;
}

/**
 * Stockham's self-sorting transform, decimation in frequency: a pass of radix r turns n = r m values at stride s into
 * r interleaved transforms of m values at stride r s.
 */
class MixedRadixPlan implements LinePlan {
  private readonly roots: Float64Array;
  private readonly spareRe: Float64Array;
  private readonly spareIm: Float64Array;
  /** One butterfly's inputs and outputs, interleaved. */
  private readonly inputs: Float64Array;

  constructor(
    readonly n: number,
    private readonly factors: readonly number[],
  ) {
    this.roots = rootsOfUnity(n);
    this.spareRe = new Float64Array(n);
    this.spareIm = new Float64Array(n);
    this.inputs = new Float64Array(2 * Math.max(...factors));
  }

  transform(re: Float64Array, im: Float64Array): void {
    let from = { re, im };
    let to = { re: this.spareRe, im: this.spareIm };
    let stride = 1;
    for (const radix of this.factors) {
      if (radix === 1) return;
      if (radix === 2) this.passOf2(from, to, stride);
      else if (radix === 4) this.passOf4(from, to, stride);
      else this.passOfAny(from, to, stride, radix);
      [from, to] = [to, from];
      stride *= radix;
    }
    if (from.re !== re) {
      re.set(from.re);
      im.set(from.im);
    }
  }

  private passOf2(from: Parts, to: Parts, stride: number): void {
    const half = this.n / 2;
    const { roots } = this;
    for (let p = 0; p < half; p += stride) {
      const c = roots[2 * p]!;
      const s = roots[2 * p + 1]!;
      for (let i = p, o = 2 * p; i < p + stride; i++, o++) {
        const re0 = from.re[i]!;
        const im0 = from.im[i]!;
        const re1 = from.re[i + half]!;
        const im1 = from.im[i + half]!;
        to.re[o] = re0 + re1;
        to.im[o] = im0 + im1;
        to.re[o + stride] = (re0 - re1) * c - (im0 - im1) * s;
        to.im[o + stride] = (re0 - re1) * s + (im0 - im1) * c;
      }
    }
  }

  private passOf4(from: Parts, to: Parts, stride: number): void {
    const quarter = this.n / 4;
    const { roots } = this;
    const { re, im } = from;
    for (let p = 0; p < quarter; p += stride) {
      const c1 = roots[2 * p]!;
      const s1 = roots[2 * p + 1]!;
      const c2 = c1 * c1 - s1 * s1;
      const s2 = 2 * c1 * s1;
      const c3 = c1 * c2 - s1 * s2;
      const s3 = c1 * s2 + s1 * c2;
      for (let i = p, o = 4 * p; i < p + stride; i++, o++) {
        const sumRe = re[i]! + re[i + 2 * quarter]!;
        const sumIm = im[i]! + im[i + 2 * quarter]!;
        const differenceRe = re[i]! - re[i + 2 * quarter]!;
        const differenceIm = im[i]! - im[i + 2 * quarter]!;
        const oddRe = re[i + quarter]! + re[i + 3 * quarter]!;
        const oddIm = im[i + quarter]! + im[i + 3 * quarter]!;
        const turnedRe = im[i + quarter]! - im[i + 3 * quarter]!;
        const turnedIm = re[i + 3 * quarter]! - re[i + quarter]!;
        to.re[o] = sumRe + oddRe;
        to.im[o] = sumIm + oddIm;
        const a = differenceRe + turnedRe;
        const b = differenceIm + turnedIm;
        to.re[o + stride] = a * c1 - b * s1;
        to.im[o + stride] = a * s1 + b * c1;
        const c = sumRe - oddRe;
        const d = sumIm - oddIm;
        to.re[o + 2 * stride] = c * c2 - d * s2;
        to.im[o + 2 * stride] = c * s2 + d * c2;
        const e = differenceRe - turnedRe;
        const f = differenceIm - turnedIm;
        to.re[o + 3 * stride] = e * c3 - f * s3;
        to.im[o + 3 * stride] = e * s3 + f * c3;
      }
    }
  }

  /** A butterfly of any radix as a direct sum: radix² products, fine for 3 and 5, tolerable to about 100. */
  private passOfAny(from: Parts, to: Parts, stride: number, radix: number): void {
    const { n, roots, inputs } = this;
    const m = n / radix;
    for (let p = 0; p < m; p += stride) {
      for (let q = 0; q < stride; q++) {
        for (let k = 0, i = p + q; k < radix; k++, i += m) {
          inputs[2 * k] = from.re[i]!;
          inputs[2 * k + 1] = from.im[i]!;
        }
        for (let j = 0; j < radix; j++) {
          let re = 0;
          let im = 0;
          for (let k = 0, angle = 0; k < radix; k++) {
            re += inputs[2 * k]! * roots[2 * angle]! - inputs[2 * k + 1]! * roots[2 * angle + 1]!;
            im += inputs[2 * k]! * roots[2 * angle + 1]! + inputs[2 * k + 1]! * roots[2 * angle]!;
            angle += j * m;
            if (angle >= n) angle -= n;
          }
          const c = roots[2 * p * j]!;
          const s = roots[2 * p * j + 1]!;
          const o = radix * p + q + j * stride;
          to.re[o] = re * c - im * s;
          to.im[o] = re * s + im * c;
        }
      }
    }
  }
}

interface Parts {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Bluestein 1970: jk = (j² + k² - (k - j)²) / 2 turns the transform into a convolution of a friendly length. */
function bluesteinPlan(n: number): LinePlan {
  let length = 1;
  while (length < 2 * n - 1) length *= 2;
  const inner = linePlan(length);
  const chirpRe = new Float64Array(n);
  const chirpIm = new Float64Array(n);
  const kernelRe = new Float64Array(length);
  const kernelIm = new Float64Array(length);
  for (let j = 0; j < n; j++) {
    const angle = (Math.PI * ((j * j) % (2 * n))) / n; // j² stays exact to n = 9e7
    chirpRe[j] = Math.cos(angle);
    chirpIm[j] = -Math.sin(angle);
    for (const at of [j, (length - j) % length]) {
      kernelRe[at] = Math.cos(angle) / length;
      kernelIm[at] = Math.sin(angle) / length;
    }
  }
  inner.transform(kernelRe, kernelIm);
  const workRe = new Float64Array(length);
  const workIm = new Float64Array(length);
  return {
    n,
    transform(re, im) {
      workRe.fill(0, n);
      workIm.fill(0, n);
      for (let j = 0; j < n; j++) {
        workRe[j] = re[j]! * chirpRe[j]! - im[j]! * chirpIm[j]!;
        workIm[j] = re[j]! * chirpIm[j]! + im[j]! * chirpRe[j]!;
      }
      inner.transform(workRe, workIm);
      for (let k = 0; k < length; k++) {
        const a = workRe[k]!;
        const b = workIm[k]!;
        workRe[k] = a * kernelRe[k]! - b * kernelIm[k]!;
        workIm[k] = a * kernelIm[k]! + b * kernelRe[k]!;
      }
      inner.transform(workIm, workRe);
      for (let k = 0; k < n; k++) {
        re[k] = workRe[k]! * chirpRe[k]! - workIm[k]! * chirpIm[k]!;
        im[k] = workRe[k]! * chirpIm[k]! + workIm[k]! * chirpRe[k]!;
      }
    },
  };
}
