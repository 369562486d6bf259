import type { HostTensor } from "../../core/ports.js";
import type { SamplingInputs } from "../../nn/patch-heads.js";
import { input } from "../../tensor/index.js";
import { samplingAt } from "./points.js";

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
