import type { Image } from "../../array/image.js";
import { quantile } from "../../array/statistics.js";
import type { Random } from "../../core/random.js";

/**
 * The slow gradient of a whole micrograph, of thickness of ice and of illumination: sum over u, v of c[v * ORDERS + u]
 * cos(pi u (x + 0.5) / columns) cos(pi v (y + 0.5) / rows), 0 < u² + v² < ORDERS², in standard deviations of the rest.
 */
export type Trend = Float32Array;

/** Up to two periods a side. Spectra measured on tiles and networks trained on crops see nothing as slow. */
export const ORDERS = 5;

const isPart = (u: number, v: number): boolean => u + v > 0 && u * u + v * v < ORDERS * ORDERS;

/** cos(pi u (i + 0.5) / n), [ORDERS, n]. */
function cosines(n: number): Float64Array {
  const table = new Float64Array(ORDERS * n);
  for (let u = 0; u < ORDERS; u++)
    for (let i = 0; i < n; i++) table[u * n + i] = Math.cos((Math.PI * u * (i + 0.5)) / n);
  return table;
}

/** The trend of an image, in its own units: the cosines are orthogonal, so each coefficient is a projection. */
export function measureTrend({ data, shape: [rows, columns] }: Image): Trend {
  const across = cosines(columns);
  const down = cosines(rows);
  const trend = new Float64Array(ORDERS * ORDERS);
  for (let y = 0; y < rows; y++) {
    for (let u = 0; u < ORDERS; u++) {
      let sum = 0;
      for (let x = 0; x < columns; x++) sum += data[y * columns + x]! * across[u * columns + x]!;
      for (let v = 0; v < ORDERS; v++) trend[v * ORDERS + u]! += sum * down[v * rows + y]!;
    }
  }
  return Float32Array.from(trend, (sum, i) => {
    const [u, v] = [i % ORDERS, Math.floor(i / ORDERS)];
    const norm = (u === 0 ? 1 : 2) * (v === 0 ? 1 : 2);
    return isPart(u, v) ? (norm * sum) / (rows * columns) : 0;
  });
}

/** The image plus `share` times a trend: -1 takes out its own. */
export function addTrend({ data, shape }: Image, trend: Trend, share = 1): Image {
  const [rows, columns] = shape;
  const across = cosines(columns);
  const down = cosines(rows);
  const out = new Float32Array(data.length);
  const weights = new Float64Array(ORDERS);
  for (let y = 0; y < rows; y++) {
    for (let u = 0; u < ORDERS; u++) {
      let sum = 0;
      for (let v = 0; v < ORDERS; v++) sum += trend[v * ORDERS + u]! * down[v * rows + y]!;
      weights[u] = share * sum;
    }
    for (let x = 0; x < columns; x++) {
      let sum = data[y * columns + x]!;
      for (let u = 0; u < ORDERS; u++) sum += weights[u]! * across[u * columns + x]!;
      out[y * columns + x] = sum;
    }
  }
  return { data: out, shape };
}

/**
 * One of the measured trends, mirrored and transposed at random, and made no stronger than the median one: a few micrographs
 * beside a hole's edge have trends several times the typical one, and a sample of a few dozen says little of how many do.
 */
export function drawTrend(trends: readonly Trend[], random: Random): Trend {
  const strongest = quantile(trends.map(strength), 0.5);
  const drawn = trends[random.integer(trends.length)]!;
  const share = Math.min(1, strongest / Math.max(strength(drawn), Number.MIN_VALUE));
  const trend = drawn.map((c) => share * c);
  const [mirrorX, mirrorY, transposed] = [random.integer(2), random.integer(2), random.integer(2)];
  return trend.map((_, i) => {
    const [u, v] = [i % ORDERS, Math.floor(i / ORDERS)];
    const sign = (mirrorX * u + mirrorY * v) % 2 === 0 ? 1 : -1;
    return sign * trend[transposed ? u * ORDERS + v : i]!;
  });
}

const strength = (trend: Trend): number => Math.hypot(...trend);
