import { centre, type Image } from "../array/image.js";

/** How a cut lies in an image: offsets (u, v) from its centre are offsets (x + xu u + xv v, y + yu u + yv v) from the image's. */
export interface ImageTurn {
  readonly x: number;
  readonly y: number;
  readonly xu: number;
  readonly xv: number;
  readonly yu: number;
  readonly yv: number;
}

/** The middle of an image as it is. */
export const STRAIGHT: ImageTurn = { x: 0, y: 0, xu: 1, xv: 0, yu: 0, yv: 1 };

/**
 * Cuts a turned, mirrored or moved square out of an image, by Keys' cubic convolution (a = -1/2) between pixels; places outside
 * take the nearest pixel.
 *
 * @param side pixels; @param out receives side x side values
 */
export function cutTurn(
  { data, shape: [rows, columns] }: Image,
  turn: ImageTurn,
  side: number,
  out: Float32Array,
): void {
  const c = centre(side);
  const [cx, cy] = [centre(columns) + turn.x, centre(rows) + turn.y];
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const [u, v] = [column - c, row - c];
      out[i] = cubicAt(data, rows, columns, cx + turn.xu * u + turn.xv * v, cy + turn.yu * u + turn.yv * v);
    }
  }
}

function cubicAt(data: Float32Array, rows: number, columns: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const inside = (at: number, n: number): number => (at < 0 ? 0 : at >= n ? n - 1 : at);
  if (fx === 0 && fy === 0) return data[inside(y0, rows) * columns + inside(x0, columns)]!;
  let sum = 0;
  for (let j = -1; j <= 2; j++) {
    const wy = keys(Math.abs(j - fy));
    if (wy === 0) continue;
    const line = inside(y0 + j, rows) * columns;
    for (let i = -1; i <= 2; i++) sum += wy * keys(Math.abs(i - fx)) * data[line + inside(x0 + i, columns)]!;
  }
  return sum;
}

const keys = (d: number): number =>
  d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((2.5 - 0.5 * d) * d - 4) * d + 2 : 0;
