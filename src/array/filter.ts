import { integerInRange } from "../core/check.js";
import { irfft2, rfft2 } from "./fft/fft.js";
import type { Image } from "./image.js";
import { frequency, halfColumns } from "./spectrum/half.js";

export { gaussianBlur, reflected } from "./gaussian-blur.js";

/**
 * The image with every Fourier coefficient multiplied by transfer(kx, ky); kx along columns in 0 … 1/2, ky along rows
 * downward in (-1/2, 1/2], cycles per pixel. transfer is real and even, so it moves nothing. The image wraps around:
 * pad first where that matters.
 */
export function fourierFilter(image: Image, transfer: (kx: number, ky: number) => number): Image {
  const [rows, columns] = image.shape;
  const { data } = rfft2(image);
  const half = halfColumns(columns);
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
