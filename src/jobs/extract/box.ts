import { centre, type Image } from "../../array/image.js";
import { mean } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";

/** Whether a box of `size` pixels, its centre pixel floor(size / 2) on (x, y), lies inside an image. */
export function boxIsInside([rows, columns]: Image["shape"], x: number, y: number, size: number): boolean {
  const left = x - centre(size);
  const top = y - centre(size);
  return left >= 0 && top >= 0 && left + size <= columns && top + size <= rows;
}

/** Whether a box has any pixel in common with an image. */
export function boxMeets([rows, columns]: Image["shape"], x: number, y: number, size: number): boolean {
  const left = x - centre(size);
  const top = y - centre(size);
  return left < columns && top < rows && left + size > 0 && top + size > 0;
}

/** The box of `size` pixels with its centre pixel on (x, y); what lies outside the image is `fill`. */
export function cutBox(image: Image, x: number, y: number, size: number, fill: number): Image {
  const [rows, columns] = image.shape;
  const data = new Float32Array(size * size).fill(fill);
  const left = x - centre(size);
  const top = y - centre(size);
  const first = Math.max(0, -left);
  const last = Math.min(size, columns - left);
  for (let v = Math.max(0, -top); v < Math.min(size, rows - top); v++) {
    const from = (top + v) * columns + left;
    if (first < last) data.set(image.data.subarray(from + first, from + last), v * size + first);
  }
  return { data, shape: [size, size] };
}

/** What extraction does to every particle image. */
export interface BoxTreatment {
  /** Multiply by -1: from protein dark to protein white. */
  readonly invert: boolean;
  /** Pixels: background beyond this radius becomes mean 0 and standard deviation 1. Absent: left as it is. */
  readonly backgroundRadius?: number;
}

/**
 * A particle image as the stack shall hold it.
 *
 * @throws DomainError where the background has a standard deviation of 0
 */
export function treatBox({ data, shape }: Image, { invert, backgroundRadius }: BoxTreatment): Image {
  const sign = invert ? -1 : 1;
  if (backgroundRadius === undefined) return { data: data.map((value) => sign * value), shape };
  const [size] = shape;
  const outside: number[] = [];
  for (let v = 0, i = 0; v < size; v++) {
    for (let u = 0; u < size; u++, i++) {
      const r2 = (u - centre(size)) ** 2 + (v - centre(size)) ** 2;
      if (r2 > backgroundRadius * backgroundRadius) outside.push(data[i]!);
    }
  }
  const level = mean(outside);
  let squares = 0;
  for (const value of outside) squares += (value - level) ** 2;
  const deviation = Math.sqrt(squares / outside.length);
  if (!(deviation > 0)) {
    throw new DomainError(
      "background of a particle: standard deviation",
      deviation,
      "above 0: micrographs without noise cannot be normalised, leave out `normalise`",
    );
  }
  return { data: data.map((value) => (sign * (value - level)) / deviation), shape };
}
