import { integerInRange } from "../core/check.js";
import { ShapeError } from "../core/errors.js";
import { centre, type Image } from "./image.js";

/**
 * The part of an image whose first pixel is (x, y) and whose shape is given.
 *
 * @throws ShapeError where that part is not inside the image
 */
export function crop(image: Image, x: number, y: number, [rows, columns]: Image["shape"]): Image {
  const [oldRows, oldColumns] = image.shape;
  const whole = [x, y, rows, columns].every(Number.isInteger);
  if (!whole || x < 0 || y < 0 || rows < 1 || columns < 1 || x + columns > oldColumns || y + rows > oldRows) {
    throw new ShapeError(
      "crop",
      [y, x, y + rows, x + columns],
      `[top, left, bottom, right] inside ${oldRows} x ${oldColumns}`,
    );
  }
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = (y + row) * oldColumns + x;
    out.set(image.data.subarray(start, start + columns), row * columns);
  }
  return { data: out, shape: [rows, columns] };
}

/**
 * The image cut or filled to a new shape about its centre pixel (floor(n / 2) stays floor(n / 2)); what was not there
 * gets `value`.
 */
export function padOrCrop(image: Image, [rows, columns]: Image["shape"], value = 0): Image {
  integerInRange("padOrCrop: rows", rows, 1, 1e6);
  integerInRange("padOrCrop: columns", columns, 1, 1e6);
  const [oldRows, oldColumns] = image.shape;
  const out = new Float32Array(rows * columns).fill(value);
  const dx = centre(columns) - centre(oldColumns);
  const dy = centre(rows) - centre(oldRows);
  const left = Math.max(0, dx);
  const right = Math.min(columns, oldColumns + dx);
  for (let row = Math.max(0, dy); row < Math.min(rows, oldRows + dy); row++) {
    const start = (row - dy) * oldColumns - dx;
    out.set(image.data.subarray(start + left, start + right), row * columns + left);
  }
  return { data: out, shape: [rows, columns] };
}

/** Value between pixels: bilinear at column x, row y; positions outside take the nearest edge. */
export function sampleBilinear(image: Image, x: number, y: number): number {
  const [rows, columns] = image.shape;
  const u = Math.min(Math.max(x, 0), columns - 1);
  const v = Math.min(Math.max(y, 0), rows - 1);
  const x0 = Math.min(Math.floor(u), Math.max(0, columns - 2));
  const y0 = Math.min(Math.floor(v), Math.max(0, rows - 2));
  const x1 = Math.min(x0 + 1, columns - 1);
  const y1 = Math.min(y0 + 1, rows - 1);
  const fx = u - x0;
  const fy = v - y0;
  const { data } = image;
  const top = data[y0 * columns + x0]! * (1 - fx) + data[y0 * columns + x1]! * fx;
  const bottom = data[y1 * columns + x0]! * (1 - fx) + data[y1 * columns + x1]! * fx;
  return top * (1 - fy) + bottom * fy;
}

/**
 * Where a position lies, in pixels from the centre of the first, in the same picture made of pixels `factor` times as large: the
 * edge of the picture stays.
 */
export const coarserPosition = (at: number, factor: number): number => (at + 0.5) / factor - 0.5;

/**
 * Mean over squares of factor x factor pixels; rows and columns that fill no square are left out. Pixel X of the result
 * is centred on factor X + (factor - 1) / 2 of the image.
 *
 * @throws DomainError for a factor that is not a whole number from 1 to the image's shorter side
 */
export function bin(image: Image, factor: number): Image {
  const [oldRows, oldColumns] = image.shape;
  integerInRange("bin: factor", factor, 1, Math.min(oldRows, oldColumns));
  const rows = Math.floor(oldRows / factor);
  const columns = Math.floor(oldColumns / factor);
  const out = new Float32Array(rows * columns);
  if (factor === 2) {
    fillMeansOfFour(image, out, columns);
    return { data: out, shape: [rows, columns] };
  }
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let y = row * factor; y < (row + 1) * factor; y++) {
      for (let column = 0, i = y * oldColumns; column < columns; column++) {
        let sum = 0;
        for (const end = i + factor; i < end; i++) sum += image.data[i]!;
        sums[column]! += sum;
      }
    }
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = sums[column]! / (factor * factor);
    }
  }
  return { data: out, shape: [rows, columns] };
}

/** What `bin` does by factor 2, in the same order of sums, several times faster: pyramids of images need it most. */
function fillMeansOfFour({ data, shape }: Image, out: Float32Array, columns: number): void {
  for (let i = 0, row = 0; i < out.length; row++) {
    let above = 2 * row * shape[1];
    let below = above + shape[1];
    for (const end = i + columns; i < end; i++, above += 2, below += 2) {
      out[i] = (data[above]! + data[above + 1]! + (data[below]! + data[below + 1]!)) / 4;
    }
  }
}
