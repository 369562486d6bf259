import type { HostTensor } from "../../../core/ports.js";
import type { SamplingInputs } from "../../../nn/patch-heads.js";
import { input } from "../../../tensor/index.js";

/** Bilinear sampling of a feature map: for each point four flat positions in the map and four weights that sum to 1. */
export interface Sampling {
  /** [4 * points]: the four corners of point 0, then of point 1, … */
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Up to so many pixels of a feature map, sampling is a product with a matrix of mostly zeros: it and its gradient are then
 * faster than picking elements and adding them back one by one.
 */
const SMALL_MAP = 1024;

const mapSize = (crop: number, level: number): number => (crop >> level) ** 2;

/** The graph's inputs through which features of a level are sampled at points; named `level1:…`. */
export function samplingInputs(level: number, points: number, crop: number): SamplingInputs {
  const pixels = mapSize(crop, level);
  if (pixels <= SMALL_MAP) return { matrix: input(`level${level}:matrix`, [points, pixels]) };
  return {
    indices: input(`level${level}:indices`, [4 * points], "int32"),
    weights: input(`level${level}:weights`, [4 * points]),
  };
}

/** What to feed for them: points are flat indices into the crop. */
export function samplingFeeds(points: Int32Array, crop: number, level: number): Record<string, HostTensor> {
  const { indices, weights } = samplingAt(points, crop, level);
  const pixels = mapSize(crop, level);
  if (pixels > SMALL_MAP) {
    return {
      [`level${level}:indices`]: { dtype: "int32", dims: [indices.length], data: indices },
      [`level${level}:weights`]: { dtype: "float32", dims: [weights.length], data: weights },
    };
  }
  const matrix = new Float32Array(points.length * pixels);
  for (let i = 0; i < indices.length; i++) matrix[(i >> 2) * pixels + indices[i]!]! += weights[i]!;
  return { [`level${level}:matrix`]: { dtype: "float32", dims: [points.length, pixels], data: matrix } };
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
