import { linePlan, radices } from "./line.js";

/** Prime factors from here on go through Rader's convolution, if one less is a product of small primes. */
const LEAST_RADER_PRIME = 31;
const LARGEST_SMALL_PRIME = 17;
/** Other prime factors beyond this send the whole line through Bluestein's convolution. */
const LARGEST_DIRECT_PRIME = 83;

/** Where a plan lies in WebAssembly memory. */
export interface PlanAddress {
  readonly address: number;
  /** Bytes that the kernel `transform` needs to work in. */
  readonly workBytes: number;
}

/** Reserves bytes that stay and returns their address, a multiple of 64. */
export type Allocate = (bytes: number) => number;

/** Views of the memory; to be asked for again after each allocation, which may move it. */
export interface Heap {
  readonly floats: Float32Array;
  readonly words: Uint32Array;
}

/** Writes the plan of length n into memory, in the layout of kernels/transform/plan.ts. */
export function writePlan(n: number, allocate: Allocate, heap: () => Heap): PlanAddress {
  const factors = n === 1 ? [] : radices(n);
  if (factors.some((radix) => radix > LARGEST_DIRECT_PRIME && !suitsRader(radix))) {
    return writeBluestein(n, allocate, heap);
  }
  const words = [n, factors.length];
  let scratchBytes = 0;
  let m = n;
  let s = 1;
  for (const radix of factors) {
    m /= radix;
    const twiddles = writeFloats(passTwiddles(radix, m), allocate, heap);
    const butterfly = writeButterfly(radix, allocate, heap);
    words.push(radix, m, s, twiddles, butterfly.table, butterfly.inner);
    scratchBytes = Math.max(scratchBytes, butterfly.scratchBytes);
    s *= radix;
  }
  return { address: writeWords(words, allocate, heap), workBytes: 64 * n + 512 + scratchBytes };
}

const suitsRader = (radix: number): boolean =>
  radix >= LEAST_RADER_PRIME && Math.max(...radices(radix - 1)) <= LARGEST_SMALL_PRIME;

interface Butterfly {
  /** Address, 0 for none. */
  readonly table: number;
  /** Address of the plan of Rader's convolution, 0 for none. */
  readonly inner: number;
  readonly scratchBytes: number;
}

function writeButterfly(radix: number, allocate: Allocate, heap: () => Heap): Butterfly {
  if (radix <= 5) return { table: 0, inner: 0, scratchBytes: 0 };
  if (!suitsRader(radix)) {
    return { table: writeFloats(oddTable(radix), allocate, heap), inner: 0, scratchBytes: 32 * radix + 32 };
  }
  const inner = writePlan(radix - 1, allocate, heap);
  const { kernel, order } = raderTable(radix);
  const table = allocate(4 * (kernel.length + order.length));
  heap().floats.set(kernel, table / 4);
  heap().words.set(order, table / 4 + kernel.length);
  return { table, inner: inner.address, scratchBytes: 32 * (radix - 1) + inner.workBytes };
}

/** The transformed roots of unity and the two orders of Rader's convolution, as kernels/transform/plan.ts reads them. */
function raderTable(radix: number): { kernel: Float64Array; order: Uint32Array } {
  const length = radix - 1;
  const powers = powersOfGenerator(radix);
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  const order = new Uint32Array(2 * length);
  for (let q = 0; q < length; q++) {
    const inversePower = powers[(length - q) % length]!;
    order[q] = powers[q]!;
    order[length + q] = inversePower;
    re[q] = Math.cos((2 * Math.PI * inversePower) / radix) / length;
    im[q] = -Math.sin((2 * Math.PI * inversePower) / radix) / length;
  }
  linePlan(length).transform(re, im);
  return { kernel: interleaved(re, im), order };
}

/** 1, g, g², … modulo a prime for the least g whose powers are all the numbers from 1 on. */
function powersOfGenerator(prime: number): number[] {
  for (let g = 2; ; g++) {
    const powers = [1];
    for (let x = g; x !== 1; x = (x * g) % prime) powers.push(x);
    if (powers.length === prime - 1) return powers;
  }
}

function interleaved(re: Float64Array, im: Float64Array): Float64Array {
  return Float64Array.from({ length: 2 * re.length }, (_, i) => (i % 2 === 0 ? re : im)[i >> 1]!);
}

function writeBluestein(n: number, allocate: Allocate, heap: () => Heap): PlanAddress {
  const length = convolutionLength(2 * n - 1);
  const inner = writePlan(length, allocate, heap);
  const chirp = new Float64Array(2 * n);
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  for (let j = 0; j < n; j++) {
    const angle = (Math.PI * ((j * j) % (2 * n))) / n; // j² is exact to n = 9e7
    chirp[2 * j] = Math.cos(angle);
    chirp[2 * j + 1] = -Math.sin(angle);
    for (const at of [j, (length - j) % length]) {
      re[at] = Math.cos(angle) / length;
      im[at] = Math.sin(angle) / length;
    }
  }
  linePlan(length).transform(re, im);
  const chirpAt = writeFloats(chirp, allocate, heap);
  const kernelAt = writeFloats(interleaved(re, im), allocate, heap);
  const words = [n, 0, length, inner.address, chirpAt, kernelAt];
  return { address: writeWords(words, allocate, heap), workBytes: 32 * length + inner.workBytes };
}

/** The smallest product of 2, 3 and 5 from n on, with a 4 in it. */
function convolutionLength(n: number): number {
  for (let length = 4 * Math.ceil(n / 4); ; length += 4) {
    let rest = length;
    for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
    if (rest === 1) return length;
  }
}

/** exp(-2πi p j / (radix m)) for p = 0 … m - 1, j = 1 … radix - 1. */
function passTwiddles(radix: number, m: number): Float64Array {
  const out = new Float64Array(2 * m * (radix - 1));
  let at = 0;
  for (let p = 0; p < m; p++) {
    for (let j = 1; j < radix; j++) {
      const angle = (2 * Math.PI * ((p * j) % (radix * m))) / (radix * m);
      out[at++] = Math.cos(angle);
      out[at++] = -Math.sin(angle);
    }
  }
  return out;
}

/** cos and sin of 2π j k / radix for pairs of j, in the order in which kernels/transform/odd.ts reads them. */
function oddTable(radix: number): Float64Array {
  const half = (radix - 1) / 2;
  const out = new Float64Array(4 * half * Math.ceil(half / 2));
  let at = 0;
  for (let j = 1; j <= half; j += 2) {
    for (let k = 1; k <= half; k++) {
      for (const multiple of [j * k, (j + 1) * k]) {
        const angle = (2 * Math.PI * (multiple % radix)) / radix;
        out[at++] = Math.cos(angle);
        out[at++] = Math.sin(angle);
      }
    }
  }
  return out;
}

function writeFloats(values: Float64Array, allocate: Allocate, heap: () => Heap): number {
  const address = allocate(4 * values.length);
  heap().floats.set(values, address / 4);
  return address;
}

function writeWords(values: readonly number[], allocate: Allocate, heap: () => Heap): number {
  const address = allocate(4 * values.length);
  heap().words.set(values, address / 4);
  return address;
}
