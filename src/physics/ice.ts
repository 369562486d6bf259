import { type Image, zeros } from "../array/image.js";
import { inRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";
import type { Random } from "../core/random.js";

/**
 * An ice gradient on another grid over the same field of view, bilinear, edges extended.
 *
 * @throws DomainError for a value outside (0, 1]
 */
export function resampleIce(ice: Image, shape: readonly [rows: number, columns: number]): Image {
  checkIce(ice);
  const [rows, columns] = shape;
  const [, width] = ice.shape;
  const down = samplesAlong(ice.shape[0], rows);
  const across = samplesAlong(width, columns);
  const line = new Float64Array(width);
  const out = zeros(rows, columns);
  for (let y = 0; y < rows; y++) {
    const top = down.index[y]! * width;
    const bottom = down.next[y]! * width;
    for (let x = 0; x < width; x++) {
      const above = ice.data[top + x]!;
      line[x] = above + down.fraction[y]! * (ice.data[bottom + x]! - above);
    }
    for (let x = 0; x < columns; x++) {
      const left = line[across.index[x]!]!;
      out.data[y * columns + x] = left + across.fraction[x]! * (line[across.next[x]!]! - left);
    }
  }
  return out;
}

/** @throws DomainError for a value outside (0, 1] */
export function checkIce(ice: Image): void {
  const { data } = ice;
  for (let i = 0; i < data.length; i++) {
    const w = data[i]!;
    if (!(w > 0 && w <= 1)) throw new DomainError("ice gradient", w, "values above 0, at most 1");
  }
}

/** Where n samples over a length lie among `from` samples over the same length: between which two, and how far. */
export function samplesAlong(
  from: number,
  n: number,
): { readonly index: Int32Array; readonly next: Int32Array; readonly fraction: Float64Array } {
  const index = new Int32Array(n);
  const next = new Int32Array(n);
  const fraction = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / n - 0.5));
    index[i] = Math.floor(at);
    next[i] = Math.min(from - 1, index[i]! + 1);
    fraction[i] = at - index[i]!;
  }
  return { index, next, fraction };
}

/**
 * A smooth ice gradient for when none was estimated: a random slope and a bowl about a random place, highest value 1.
 *
 * @param depth how far W falls across the field, 0 (even ice) to below 1
 */
export function syntheticIce(
  shape: readonly [rows: number, columns: number],
  depth: number,
  random: Random,
): Image {
  inRange("depth of the ice gradient", depth, "", 0, 0.99);
  const [rows, columns] = shape;
  const angle = random.uniform(-Math.PI, Math.PI);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [middleX, middleY] = [random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)];
  const bowl = random.uniform();
  const out = zeros(rows, columns);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let y = 0; y < rows; y++) {
    const v = (y + 0.5) / rows - 0.5;
    for (let x = 0; x < columns; x++) {
      const u = (x + 0.5) / columns - 0.5;
      const value = cosine * u + sine * v + bowl * ((u - middleX) ** 2 + (v - middleY) ** 2);
      out.data[y * columns + x] = value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const slope = high > low ? depth / (high - low) : 0;
  for (let i = 0; i < out.data.length; i++) out.data[i] = Math.min(1, 1 - slope * (high - out.data[i]!));
  return out;
}
