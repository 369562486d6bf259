import type { Random } from "../../core/random.js";

/** Pixels of a crop at which features are compared, as flat indices; null where the crop has none of the kind. */
export interface QueryPoints {
  readonly particles: Int32Array | null;
  readonly background: Int32Array | null;
}

/** Bilinear sampling of a feature map: for each point four flat positions in the map and four weights that sum to 1. */
export interface Sampling {
  /** [4 * points]: the four corners of point 0, then of point 1, … */
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Draws query points from a crop's particle mask: `count` on particles (mask above 0) and `count` off them, uniformly and
 * with replacement, so that a small particle still gives `count` queries.
 */
export function drawQueryPoints(mask: Uint8Array, count: number, random: Random): QueryPoints {
  let inside = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]! > 0) inside++;
  const on = new Int32Array(inside);
  const off = new Int32Array(mask.length - inside);
  for (let i = 0, p = 0, b = 0; i < mask.length; i++) {
    if (mask[i]! > 0) on[p++] = i;
    else off[b++] = i;
  }
  return { particles: drawFrom(on, count, random), background: drawFrom(off, count, random) };
}

function drawFrom(pixels: Int32Array, count: number, random: Random): Int32Array | null {
  if (pixels.length === 0) return null;
  const drawn = new Int32Array(count);
  for (let i = 0; i < count; i++) drawn[i] = pixels[random.integer(pixels.length)]!;
  return drawn;
}

/**
 * Where pixels of a square crop fall in a square feature map of `level` stride-2 convolutions (kernel 4, padding 1): feature
 * sample f sits at pixel (f + 1/2) 2^level - 1/2. Points beyond the outermost samples take the edge's value.
 *
 * @param size side of the crop; the map's side is size / 2^level
 */
export function samplingAt(points: Int32Array, size: number, level: number): Sampling {
  const side = size >> level;
  const scale = 2 ** -level;
  const indices = new Int32Array(4 * points.length);
  const weights = new Float32Array(4 * points.length);
  for (let i = 0; i < points.length; i++) {
    const x = clamp(((points[i]! % size) + 0.5) * scale - 0.5, side);
    const y = clamp((Math.floor(points[i]! / size) + 0.5) * scale - 0.5, side);
    const left = Math.min(Math.floor(x), side - 1);
    const top = Math.min(Math.floor(y), side - 1);
    const right = Math.min(left + 1, side - 1);
    const bottom = Math.min(top + 1, side - 1);
    const dx = x - left;
    const dy = y - top;
    indices.set([top * side + left, top * side + right, bottom * side + left, bottom * side + right], 4 * i);
    weights.set([(1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy], 4 * i);
  }
  return { indices, weights };
}

const clamp = (position: number, side: number): number => Math.min(Math.max(position, 0), side - 1);
