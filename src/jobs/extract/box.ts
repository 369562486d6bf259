import { centre, type Image } from "../../array/image.js";

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

/**
 * The box of `size` pixels with its centre pixel on (x, y). What lies outside the image has the value of the nearest pixel inside, as
 * RELION fills it.
 */
export function cutBox(image: Image, x: number, y: number, size: number): Image {
  const [rows, columns] = image.shape;
  const data = new Float32Array(size * size);
  const left = x - centre(size);
  const top = y - centre(size);
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  const first = within(-left, size + 1);
  const last = within(columns - left, size + 1);
  for (let v = 0; v < size; v++) {
    const row = image.data.subarray(within(top + v, rows) * columns).subarray(0, columns);
    const out = data.subarray(v * size, (v + 1) * size);
    out.fill(row[0]!, 0, first);
    out.set(row.subarray(left + first, left + last), first);
    out.fill(row[columns - 1]!, last);
  }
  return { data, shape: [size, size] };
}
