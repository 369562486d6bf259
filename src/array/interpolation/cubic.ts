import type { Image } from "../image.js";

/** Weight of a sample at a distance, in samples: Keys' cubic convolution (a = -1/2; Keys 1981, IEEE Trans. ASSP 29:1153). */
export function cubicWeight(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((2.5 - 0.5 * d) * d - 4) * d + 2 : 0;
}

/** The image between its pixels, by `cubicWeight`; beyond the edge its pixels go on as the nearest one. */
export function cubicAt({ data, shape: [rows, columns] }: Image, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  if (fx === 0 && fy === 0) return data[inside(y0, rows) * columns + inside(x0, columns)]!;
  const [w0, w1, w2, w3] = [cubicWeight(1 + fx), cubicWeight(fx), cubicWeight(1 - fx), cubicWeight(2 - fx)];
  const [c0, c1] = [inside(x0 - 1, columns), inside(x0, columns)];
  const [c2, c3] = [inside(x0 + 1, columns), inside(x0 + 2, columns)];
  let sum = 0;
  for (let j = -1; j <= 2; j++) {
    const line = inside(y0 + j, rows) * columns;
    const across =
      w0 * data[line + c0]! + w1 * data[line + c1]! + w2 * data[line + c2]! + w3 * data[line + c3]!;
    sum += cubicWeight(j - fy) * across;
  }
  return sum;
}

const inside = (at: number, size: number): number => (at < 0 ? 0 : at >= size ? size - 1 : at);
