import { centre, type Volume } from "../../../array/image.js";

/** Voxels over which a spherical mask fades. */
const EDGE = 5;

/** A mask: 1 within a radius (voxels) of the centre, 0 from five voxels beyond it, a raised cosine between. */
export function softSphere(box: number, voxelSize: number, radius: number): Volume {
  const data = new Float32Array(box ** 3);
  const c = centre(box);
  for (let z = 0, i = 0; z < box; z++) {
    for (let y = 0; y < box; y++) {
      for (let x = 0; x < box; x++, i++) {
        const beyond = Math.sqrt((x - c) ** 2 + (y - c) ** 2 + (z - c) ** 2) - radius;
        const t = Math.min(1, Math.max(0, beyond / EDGE));
        data[i] = 0.5 + 0.5 * Math.cos(Math.PI * t);
      }
    }
  }
  return { data, shape: [box, box, box], voxelSize };
}
