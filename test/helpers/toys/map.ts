import { writeFileSync } from "node:fs";
import type { Volume } from "../../../src/array/image.js";
import { writeMrc } from "../../../src/io/mrc/write.js";

/** Blobs off centre, none like another: every orientation looks different. Angstrom, angstrom, height. */
const BLOBS = [
  [0, 0, 0, 16, 1],
  [24, 0, 0, 8, 2],
  [0, -28, 8, 8, 1.5],
  [-12, 12, 24, 6, 2],
] as const;

/** A smooth asymmetric density in a cube, about 100 angstrom across. */
export function toyVolume(box = 36, voxelSize = 4): Volume {
  const data = new Float32Array(box ** 3);
  const middle = Math.floor(box / 2);
  for (const [bx, by, bz, sigma, height] of BLOBS) {
    for (let z = 0, i = 0; z < box; z++) {
      for (let y = 0; y < box; y++) {
        for (let x = 0; x < box; x++, i++) {
          const [dx, dy, dz] = [x, y, z].map((n) => (n - middle) * voxelSize) as [number, number, number];
          const r2 = (dx - bx) ** 2 + (dy - by) ** 2 + (dz - bz) ** 2;
          data[i]! += height * Math.exp(-r2 / (2 * sigma * sigma));
        }
      }
    }
  }
  return { data, shape: [box, box, box], voxelSize };
}

/** Writes it as an MRC file and returns its path. */
export function writeToyMap(path: string, volume = toyVolume()): string {
  writeFileSync(path, writeMrc({ ...volume, kind: "volume" }));
  return path;
}
