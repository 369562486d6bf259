import { linePlan, radices } from "./fft-line.js";

/** Prime factors beyond this go through Bluestein's convolution in WebAssembly. */
const LARGEST_DIRECT_PRIME = 150;

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

/** Writes the plan of length n into memory, in the layout of kernels/plan.ts. */
export function writePlan(n: number, allocate: Allocate, heap: () => Heap): PlanAddress {
  const factors = n === 1 ? [] : radices(n);
  if (factors.some((radix) => radix > LARGEST_DIRECT_PRIME)) return writeBluestein(n, allocate, heap);
  const words = [n, factors.length];
  let m = n;
  let s = 1;
  for (const radix of factors) {
    m /= radix;
    const twiddles = writeFloats(passTwiddles(radix, m), allocate, heap);
    const table = radix > 5 ? writeFloats(oddTable(radix), allocate, heap) : 0;
    words.push(radix, m, s, twiddles, table);
    s *= radix;
  }
  return {
    address: writeWords(words, allocate, heap),
    workBytes: 64 * n + 512 + 32 * Math.max(1, ...factors),
  };
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
  const kernel = new Float64Array(2 * length);
  for (let k = 0; k < length; k++) {
    kernel[2 * k] = re[k]!;
    kernel[2 * k + 1] = im[k]!;
  }
  const chirpAt = writeFloats(chirp, allocate, heap);
  const kernelAt = writeFloats(kernel, allocate, heap);
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

/** cos and sin of 2π j k / radix for pairs of j, in the order in which kernels/odd.ts reads them. */
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
