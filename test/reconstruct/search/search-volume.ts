import type { Image, Volume } from "../../../src/array/image.js";
import { Random } from "../../../src/core/random.js";

/** Angstrom. */
export const SEARCH_PIXEL = 4;
export const SEARCH_CTF = {
  ...{ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 },
  ...{ defocusU: 9000, defocusV: 8000, defocusAngle: 25, phaseShift: 0 },
} as const;

/** A dozen blobs without symmetry in a box of 24. */
export function searchVolume(box = 24): Volume {
  const random = Random.of(2, "search volume");
  const data = new Float32Array(box ** 3);
  for (let blob = 0; blob < 12; blob++) {
    const [x, y, z] = [0, 0, 0].map(() => box / 2 + random.uniform(-6, 6)) as [number, number, number];
    for (let i = 0; i < data.length; i++) {
      const [row, section] = [Math.floor(i / box) % box, Math.floor(i / box ** 2)];
      data[i]! += Math.exp(-(((i % box) - x) ** 2 + (row - y) ** 2 + (section - z) ** 2) / 4);
    }
  }
  return { data, shape: [box, box, box], voxelSize: SEARCH_PIXEL };
}

/** The image with white noise of a standard deviation. */
export function noisy({ data, shape }: Image, deviation: number, seed: number): Image {
  const random = Random.of(seed, "search noise");
  return { data: data.map((value) => value + random.normal(0, deviation)), shape };
}
