import { inRange, integerInRange } from "../core/check.js";
import { fftFriendlySize, frequency, irfft2, rfft2 } from "./fft.js";
import type { Image } from "./image.js";

/** A standard deviation in pixels above which the Fourier transform beats the direct sum. */
const LARGEST_DIRECT_SIGMA = 6;

/**
 * Convolution with a Gaussian of standard deviation sigma pixels. Beyond its edges the image is reflected with the
 * edge pixel repeated (c b a | a b c), so a flat image stays flat. The kernel ends at 4 sigma. Above 6 pixels it is
 * computed by Fourier transform of the reflected image, which agrees to 1e-4 of the image's range.
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

function directBlur(image: Image, sigma: number): Image {
  const [rows, columns] = image.shape;
  const radius = Math.floor(4 * sigma + 0.5);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const sum = kernel.reduce((a, b) => a + b);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= sum;
  const out = new Float32Array(rows * columns);
  const line = new Float64Array(columns + 2 * radius);
  const rowSum = new Float64Array(columns);
  for (let y = 0; y < rows; y++) {
    // along the columns first (whole rows are added up), then along the row in float64
    rowSum.fill(0);
    for (let k = -radius; k <= radius; k++) {
      const start = reflected(y + k, rows) * columns;
      const weight = kernel[k + radius]!;
      for (let x = 0; x < columns; x++) rowSum[x]! += weight * image.data[start + x]!;
    }
    for (let x = -radius; x < columns + radius; x++) line[x + radius] = rowSum[reflected(x, columns)]!;
    for (let x = 0; x < columns; x++) {
      let value = 0;
      for (let k = 0; k < kernel.length; k++) value += kernel[k]! * line[x + k]!;
      out[y * columns + x] = value;
    }
  }
  return { data: out, shape: image.shape };
}

function fourierBlur(image: Image, sigma: number): Image {
  const [rows, columns] = image.shape;
  const margin = Math.ceil(4 * sigma);
  const paddedRows = fftFriendlySize(rows + 2 * margin);
  const paddedColumns = fftFriendlySize(columns + 2 * margin);
  const padded = new Float32Array(paddedRows * paddedColumns);
  // in the middle of the margin on the far side the left reflection meets the right one
  const source = (i: number, n: number, total: number): number =>
    reflected(i < n + Math.floor((total - n) / 2) ? i : i - total, n);
  for (let y = 0; y < paddedRows; y++) {
    const start = source(y, rows, paddedRows) * columns;
    for (let x = 0; x < paddedColumns; x++) {
      padded[y * paddedColumns + x] = image.data[start + source(x, columns, paddedColumns)]!;
    }
  }
  const exponent = -2 * (Math.PI * sigma) ** 2;
  const blurred = fourierFilter({ data: padded, shape: [paddedRows, paddedColumns] }, (kx, ky) =>
    Math.exp(exponent * (kx * kx + ky * ky)),
  );
  const out = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    out.set(blurred.data.subarray(y * paddedColumns, y * paddedColumns + columns), y * columns);
  }
  return { data: out, shape: image.shape };
}

/**
 * The image with every Fourier coefficient multiplied by transfer(kx, ky); kx along columns in 0 … 1/2, ky along rows
 * downward in (-1/2, 1/2], cycles per pixel. transfer is real and even, so it moves nothing. The image wraps around:
 * pad first where that matters.
 */
export function fourierFilter(image: Image, transfer: (kx: number, ky: number) => number): Image {
  const [rows, columns] = image.shape;
  const { data } = rfft2(image);
  const half = data.length / rows / 2;
  for (let row = 0, at = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < half; column++, at += 2) {
      const factor = transfer(column / columns, ky);
      data[at]! *= factor;
      data[at + 1]! *= factor;
    }
  }
  return irfft2({ data, shape: image.shape });
}

/**
 * Mean over a square window of `size` pixels (odd) about each pixel. At the edges only the part of the window inside
 * the image counts. Time does not depend on the size.
 *
 * @throws DomainError for a size that is even or outside 1 to 1e5
 */
export function localMean(image: Image, size: number): Image {
  const out = new Float32Array(image.data.length);
  slideWindow("localMean", image, size, (i, count, sum) => {
    out[i] = sum / count;
  });
  return { data: out, shape: image.shape };
}

/** Variance (mean square deviation from the window's own mean) over the same window as localMean. */
export function localVariance(image: Image, size: number): Image {
  const out = new Float32Array(image.data.length);
  slideWindow("localVariance", image, size, (i, count, sum, squares) => {
    out[i] = Math.max(0, (squares - (sum * sum) / count) / count);
  });
  return { data: out, shape: image.shape };
}

/** Sums of values and of squares over each pixel's window, by running column sums and a running row sum. */
function slideWindow(
  where: string,
  image: Image,
  size: number,
  visit: (i: number, count: number, sum: number, squares: number) => void,
): void {
  const radius = (integerInRange(`${where}: size`, size, 1, 1e5) - 1) / 2;
  integerInRange(`${where}: (size - 1) / 2`, radius, 0, 1e5);
  const [rows, columns] = image.shape;
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const addRow = (y: number, sign: number): void => {
    for (let x = 0, i = y * columns; x < columns; x++, i++) {
      const value = image.data[i]!;
      sums[x]! += sign * value;
      squares[x]! += sign * value * value;
    }
  };
  for (let y = 0; y < Math.min(radius, rows); y++) addRow(y, 1);
  for (let y = 0; y < rows; y++) {
    if (y + radius < rows) addRow(y + radius, 1);
    if (y - radius - 1 >= 0) addRow(y - radius - 1, -1);
    const height = Math.min(y + radius, rows - 1) - Math.max(y - radius, 0) + 1;
    let sum = 0;
    let square = 0;
    let width = 0;
    for (let x = -radius; x < columns; x++) {
      if (x + radius < columns) {
        sum += sums[x + radius]!;
        square += squares[x + radius]!;
        width++;
      }
      if (x - radius - 1 >= 0) {
        sum -= sums[x - radius - 1]!;
        square -= squares[x - radius - 1]!;
        width--;
      }
      if (x >= 0) visit(y * columns + x, width * height, sum, square);
    }
  }
}
