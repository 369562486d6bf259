/**
 * Seeded random numbers: xoshiro128** (Blackman & Vigna 2018, "Scrambled linear pseudorandom number
 * generators"), its state filled by the splitmix32 finaliser. Not for cryptography.
 *
 * `Random.of(seed, ...path)` gives every purpose its own stream ("specimen", micrograph 17, …), so that a result
 * depends neither on the order of the work nor on the number of workers.
 */
export class Random {
  private readonly state = new Int32Array(4);
  private spareNormal = Number.NaN;

  private constructor(hash: number) {
    let x = hash;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) | 0;
      this.state[i] = mix(x);
    }
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
  }

  /** The stream of a purpose: same seed and path, same numbers, on any machine. */
  static of(seed: number, ...path: readonly (string | number)[]): Random {
    let hash = mix(seed | 0) ^ mix(Math.floor(seed / 0x100000000) | 0);
    for (const part of path) {
      const text = typeof part === "number" ? `#${part}` : part;
      for (let i = 0; i < text.length; i++) hash = mix(hash ^ text.charCodeAt(i));
      hash = mix(hash ^ 0x5bd1e995);
    }
    return new Random(hash);
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const s = this.state;
    const s1 = s[1]!;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= s1 << 9;
    s[3] = rotateLeft(s[3]!, 11);
    return result >>> 0;
  }

  /** Uniform on [low, high), 32 bits of resolution. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 0x100000000);
  }

  /** Uniform whole number in [0, n). Bias below n / 2^32. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Normal deviate by Marsaglia's polar method. */
  normal(mean = 0, standardDeviation = 1): number {
    if (!Number.isNaN(this.spareNormal)) {
      const spare = this.spareNormal;
      this.spareNormal = Number.NaN;
      return mean + standardDeviation * spare;
    }
    let u: number;
    let v: number;
    let s: number;
    do {
      u = this.uniform(-1, 1);
      v = this.uniform(-1, 1);
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * Math.log(s)) / s);
    this.spareNormal = v * scale;
    return mean + standardDeviation * u * scale;
  }

  /** Fills `out` with standard normal deviates: those that as many calls of `normal` give, in half the time. */
  fillNormal(out: Float32Array): Float32Array {
    let i = 0;
    // one that an earlier call has left over
    if (out.length > 0 && !Number.isNaN(this.spareNormal)) out[i++] = this.normal();
    // the state in local variables, and `normal` and `bits` written out
    let [a, b, c, d] = this.state as unknown as [number, number, number, number];
    const pairs = out.length - 1;
    while (i < pairs) {
      let u: number;
      let v: number;
      let s: number;
      do {
        let x = Math.imul(b, 5);
        u = -1 + 2 * ((Math.imul((x << 7) | (x >>> 25), 9) >>> 0) / 0x100000000);
        let t = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = (d << 11) | (d >>> 21);
        x = Math.imul(b, 5);
        v = -1 + 2 * ((Math.imul((x << 7) | (x >>> 25), 9) >>> 0) / 0x100000000);
        t = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = (d << 11) | (d >>> 21);
        s = u * u + v * v;
      } while (s >= 1 || s === 0);
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      out[i++] = u * scale;
      out[i++] = v * scale;
    }
    this.state.set([a, b, c, d]);
    if (i < out.length) out[i] = this.normal();
    return out;
  }

  /**
   * Poisson deviate of a mean >= 0: multiplication of uniforms below 12 (Knuth), above it Hörmann's
   * transformed rejection PTRS (1993, Insurance: Mathematics and Economics 12:39), exact for any mean.
   */
  poisson(mean: number): number {
    if (mean < 12) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
      return count;
    }
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const vr = 0.9277 - 3.6224 / (b - 2);
    const logMean = Math.log(mean);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * logMean - mean - logFactorial(k))
        return k;
    }
  }

  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }

  /** The state, for a checkpoint; `restore` continues the stream from it. */
  save(): readonly number[] {
    return [...this.state, this.spareNormal];
  }

  static restore(saved: readonly number[]): Random {
    const random = new Random(0);
    random.state.set(saved.slice(0, 4));
    random.spareNormal = saved[4] ?? Number.NaN;
    return random;
  }
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** splitmix32's finaliser: a bijection of 32-bit integers in which every input bit moves every output bit. */
function mix(x: number): number {
  let z = x | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** ln k! by Stirling's series to 1/k^5; below 10 by the product. */
function logFactorial(k: number): number {
  if (k < 10) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const x = k + 1;
  const inverse = 1 / (x * x);
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - (1 / 360 - inverse / 1260) * inverse) / x
  );
}
