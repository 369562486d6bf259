import { inRange } from "../core/check.js";
import { fftFriendlySize, irfft2, rfft2 } from "./fft/fft.js";
import { linePlan } from "./fft/line.js";
import type { Image } from "./image.js";
import { crop } from "./resample.js";
import { halfColumns } from "./spectrum/half.js";

/** A standard deviation in pixels above which the Fourier transform beats the direct sum. */
const LARGEST_DIRECT_SIGMA = 3;

/**
 * Convolution with a Gaussian of standard deviation sigma pixels. Beyond its edges the image is reflected with the
 * edge pixel repeated (c b a | a b c), so a flat image stays flat. The kernel is sampled at the pixels and ends at
 * 4 sigma, as scipy's. Above 3 pixels the same convolution is done by Fourier transform, whose rounding may leave 1e-6
 * of the largest value where the direct sum has an exact 0.
 *
 * @throws DomainError for sigma outside 0 to 1e5 pixels
 */
export function gaussianBlur(image: Image, sigma: number): Image {
  inRange("gaussianBlur: sigma", sigma, "pixels", 0, 1e5);
  if (sigma === 0) return { data: image.data.slice(), shape: image.shape };
  return sigma <= LARGEST_DIRECT_SIGMA ? directBlur(image, sigma) : fourierBlur(image, sigma);
}

/** Index of position i of the endless reflection (c b a | a b c | c b a) of n samples. */
export function reflected(i: number, n: number): number {
  const inPeriod = ((i % (2 * n)) + 2 * n) % (2 * n);
  return inPeriod < n ? inPeriod : 2 * n - 1 - inPeriod;
}

/** Weights at 0, 1, … radius pixels; the sum over both sides is 1. */
function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = 2 * weights.reduce((a, b) => a + b) - 1;
  return weights.map((weight) => weight / sum);
}

function directBlur(image: Image, sigma: number): Image {
  const [rows, columns] = image.shape;
  const weights = gaussianWeights(sigma);
  const radius = weights.length - 1;
  const out = new Float32Array(rows * columns);
  const line = new Float64Array(columns + 2 * radius);
  const inside = line.subarray(radius, radius + columns);
  for (let y = 0; y < rows; y++) {
    blurDownwards(image, y, weights, inside);
    for (let x = 1; x <= radius; x++) {
      line[radius - x] = inside[reflected(-x, columns)]!;
      line[radius + columns - 1 + x] = inside[reflected(columns - 1 + x, columns)]!;
    }
    for (let x = 0, at = radius; x < columns; x++, at++) {
      let value = weights[0]! * line[at]!;
      for (let k = 1; k <= radius; k++) value += weights[k]! * (line[at - k]! + line[at + k]!);
      out[y * columns + x] = value;
    }
  }
  return { data: out, shape: image.shape };
}

/** Row y of the image blurred along its columns, in float64. */
function blurDownwards({ data, shape }: Image, y: number, weights: Float64Array, out: Float64Array): void {
  const [rows, columns] = shape;
  for (let x = 0, i = y * columns; x < columns; x++, i++) out[x] = weights[0]! * data[i]!;
  for (let k = 1; k < weights.length; k++) {
    const weight = weights[k]!;
    let above = reflected(y - k, rows) * columns;
    let below = reflected(y + k, rows) * columns;
    for (let x = 0; x < columns; x++) out[x]! += weight * (data[above++]! + data[below++]!);
  }
}

function fourierBlur(image: Image, sigma: number): Image {
  const [rows, columns] = image.shape;
  const weights = gaussianWeights(sigma);
  const shape = [rows, columns].map((n) => fftFriendlySize(n + 2 * weights.length)) as [number, number];
  const spectrum = rfft2(padReflected(image, shape));
  const alongRows = transformOf(weights, shape[0]);
  const alongColumns = transformOf(weights, shape[1]);
  const half = halfColumns(shape[1]);
  for (let row = 0, at = 0; row < shape[0]; row++) {
    for (let column = 0; column < half; column++, at += 2) {
      const factor = alongRows[row]! * alongColumns[column]!;
      spectrum.data[at]! *= factor;
      spectrum.data[at + 1]! *= factor;
    }
  }
  return crop(irfft2(spectrum), 0, 0, image.shape);
}

/** The image with room for the reflection after its last pixel and, wrapped around, before its first. */
function padReflected({ data, shape: [rows, columns] }: Image, shape: Image["shape"]): Image {
  // in the middle of the margin the reflection at one edge meets the one at the other
  const source = (n: number, total: number): Int32Array =>
    Int32Array.from({ length: total }, (_, i) => reflected(i < (n + total) / 2 ? i : i - total, n));
  const sourceRows = source(rows, shape[0]);
  const sourceColumns = source(columns, shape[1]);
  const padded = new Float32Array(shape[0] * shape[1]);
  for (let y = 0, at = 0; y < shape[0]; y++) {
    const start = sourceRows[y]! * columns;
    for (let x = 0; x < shape[1]; x++, at++) padded[at] = data[start + sourceColumns[x]!]!;
  }
  return { data: padded, shape };
}

/** Fourier transform, real as the kernel is symmetric, of weights on a circle of n samples. */
function transformOf(weights: Float64Array, n: number): Float64Array {
  const re = new Float64Array(n);
  weights.forEach((weight, i) => {
    re[i] = weight;
    if (i > 0) re[n - i] = weight;
  });
  linePlan(n).transform(re, new Float64Array(n));
  return re;
}
