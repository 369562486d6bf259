import type { Volume } from "../../array/image.js";
import { squaredDistances } from "../../array/regions/distance.js";
import { inRange } from "../../core/check.js";

/** How a mask is made from a map. */
export interface MaskOptions {
  /** Density from which on a voxel belongs to the particle. */
  readonly threshold: number;
  /**
   * Voxels by which the thresholded region grows: every voxel nearer than this to it. Negative: it shrinks by every voxel
   * nearer than this to its outside. Default 0.
   */
  readonly extend?: number;
  /** Width in voxels of the raised-cosine edge beyond the extended region. Default 0: a binary mask. */
  readonly softEdge?: number;
}

/**
 * A soft mask of a density map, 0 to 1: voxels of at least the threshold, grown, then an edge
 * 0.5 + 0.5 cos(π d / softEdge), d the distance in voxels to the grown region. Equal to relion_mask_create
 * --ini_threshold --extend_inimask --width_soft_edge.
 *
 * @throws DomainError for an extension or an edge outside the box
 */
export function createMask(map: Volume, options: MaskOptions): Volume {
  const longest = Math.max(...map.shape);
  const extend = inRange("mask: extension", options.extend ?? 0, "voxels", -longest, longest);
  const softEdge = inRange("mask: soft edge", options.softEdge ?? 0, "voxels", 0, longest);
  const inside = extended(
    map.data.map((value) => (value >= options.threshold ? 1 : 0)),
    map.shape,
    extend,
  );
  if (softEdge === 0) return { ...map, data: inside };
  const squared = squaredDistances((i) => inside[i] === 1, map.shape);
  const data = inside.map((value, i) =>
    value === 1 || squared[i]! >= softEdge * softEdge
      ? value
      : 0.5 + 0.5 * Math.cos((Math.PI * Math.sqrt(squared[i]!)) / softEdge),
  );
  return { ...map, data };
}

/** The binary region grown by the voxels nearer than `extend` to it, or shrunk by those nearer than that to its outside. */
function extended(region: Float32Array, shape: Volume["shape"], extend: number): Float32Array {
  if (extend === 0) return region;
  const [from, to] = extend > 0 ? [1, 1] : [0, 0];
  const squared = squaredDistances((i) => region[i] === from, shape);
  return region.map((value, i) => (squared[i]! < extend * extend ? to : value));
}
