import { halfColumns } from "./half.js";

/**
 * The value of a half spectrum of real numbers between its samples, bilinear. It repeats along the rows' axis; along the
 * columns' it ends with its last stored column.
 *
 * @param shape of the real array it belongs to, at least two columns
 * @param kx cycles per pixel, 0 to 1/2
 * @param ky cycles per pixel, -1/2 to 1/2
 */
export function sampleHalf(
  data: Float32Array | Float64Array,
  [rows, columns]: readonly [rows: number, columns: number],
  kx: number,
  ky: number,
): number {
  const width = halfColumns(columns);
  const x = Math.min(kx * columns, width - 1);
  const x0 = Math.min(Math.floor(x), width - 2);
  const y = ky * rows;
  const y0 = Math.floor(y);
  const top = (y0 < 0 ? y0 + rows : y0) * width + x0;
  const bottom = (y0 < -1 ? y0 + 1 + rows : (y0 + 1) % rows) * width + x0;
  const fx = x - x0;
  const fy = y - y0;
  const above = data[top]! + fx * (data[top + 1]! - data[top]!);
  const below = data[bottom]! + fx * (data[bottom + 1]! - data[bottom]!);
  return above + fy * (below - above);
}
