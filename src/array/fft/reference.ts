import { halfColumns, isSelfMirrored, mirrorIndex } from "../spectrum/half.js";
import { linePlan } from "./line.js";

/**
 * Transforms of real arrays of any shape in plain TypeScript, float64 inside: the reference that the WebAssembly
 * kernels are held to, and what runs where an array does not fit into WebAssembly's memory. The layout is fft.ts's.
 */
export function forwardReference(data: Float32Array, shape: readonly number[], out: Float32Array): void {
  const columns = shape[shape.length - 1]!;
  const lines = data.length / columns;
  const half = halfColumns(columns);
  const plan = linePlan(columns);
  const re = new Float64Array(columns);
  const im = new Float64Array(columns);
  // two real lines a and b as one complex line a + ib
  for (let line = 0; line < lines; line += 2) {
    const start = line * columns;
    const paired = line + 1 < lines;
    for (let x = 0; x < columns; x++) {
      re[x] = data[start + x]!;
      im[x] = paired ? data[start + columns + x]! : 0;
    }
    plan.transform(re, im);
    separate(re, im, out, 2 * line * half, paired ? 2 * (line + 1) * half : -1);
  }
  transformOtherAxes(out, shape, half, false);
}

/** Spectra of real a and b out of that of a + ib: A = (Z[k] + Z*[-k]) / 2, B = (Z[k] - Z*[-k]) / 2i. */
function separate(re: Float64Array, im: Float64Array, out: Float32Array, atA: number, atB: number): void {
  const n = re.length;
  for (let k = 0; k <= n >> 1; k++) {
    const mirror = mirrorIndex(k, n);
    out[atA + 2 * k] = (re[k]! + re[mirror]!) / 2;
    out[atA + 2 * k + 1] = (im[k]! - im[mirror]!) / 2;
    if (atB < 0) continue;
    out[atB + 2 * k] = (im[k]! + im[mirror]!) / 2;
    out[atB + 2 * k + 1] = (re[mirror]! - re[k]!) / 2;
  }
}

/** The inverse of forwardReference, divided by the number of samples. */
export function inverseReference(spectrum: Float32Array, shape: readonly number[], out: Float32Array): void {
  const columns = shape[shape.length - 1]!;
  const half = halfColumns(columns);
  const work = spectrum.slice();
  transformOtherAxes(work, shape, half, true);
  const lines = work.length / (2 * half);
  const plan = linePlan(columns);
  const re = new Float64Array(columns);
  const im = new Float64Array(columns);
  for (let line = 0; line < lines; line += 2) {
    const paired = line + 1 < lines;
    unite(work, 2 * line * half, paired ? 2 * (line + 1) * half : -1, re, im);
    plan.transform(im, re);
    const start = line * columns;
    for (let x = 0; x < columns; x++) {
      out[start + x] = re[x]! / out.length;
      if (paired) out[start + columns + x] = im[x]! / out.length;
    }
  }
}

/** A + iB over all frequencies from the half spectra of two real lines; imaginary parts at 0 and n/2 are ignored. */
function unite(work: Float32Array, atA: number, atB: number, re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let k = 0; k <= n >> 1; k++) {
    const own = isSelfMirrored(k, n);
    const aRe = work[atA + 2 * k]!;
    const aIm = own ? 0 : work[atA + 2 * k + 1]!;
    const bRe = atB < 0 ? 0 : work[atB + 2 * k]!;
    const bIm = atB < 0 || own ? 0 : work[atB + 2 * k + 1]!;
    re[k] = aRe - bIm;
    im[k] = aIm + bRe;
    if (own) continue;
    re[n - k] = aRe + bIm;
    im[n - k] = bRe - aIm;
  }
}

/** Complex transforms in place along every axis but the last; the arrays have `half` complex columns. */
function transformOtherAxes(
  work: Float32Array,
  shape: readonly number[],
  half: number,
  inverse: boolean,
): void {
  let stride = half;
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const n = shape[axis]!;
    const plan = linePlan(n);
    const re = new Float64Array(n);
    const im = new Float64Array(n);
    for (let block = 0; block < work.length / 2; block += stride * n) {
      for (let start = block; start < block + stride; start++) {
        for (let i = 0; i < n; i++) {
          re[i] = work[2 * (start + i * stride)]!;
          im[i] = work[2 * (start + i * stride) + 1]!;
        }
        if (inverse) plan.transform(im, re);
        else plan.transform(re, im);
        for (let i = 0; i < n; i++) {
          work[2 * (start + i * stride)] = re[i]!;
          work[2 * (start + i * stride) + 1] = im[i]!;
        }
      }
    }
    stride *= n;
  }
}
