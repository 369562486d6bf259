import { centre, type Image, type Volume, zeros } from "../../src/array/image.js";
import type { Random } from "../../src/core/random.js";
import type { RotationMatrix } from "../../src/core/rotation.js";

/** A Gaussian exp(-r² / (2 width²)) at (x, y, z) voxels from the centre: its projections are known exactly. */
export interface Blob {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
}

/** An asymmetric body that fits the inner sphere of a box of n voxels. */
export function randomBlobs(n: number, count: number, random: Random): Blob[] {
  const blobs: Blob[] = [];
  while (blobs.length < count) {
    const [x, y, z] = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)];
    if (x * x + y * y + z * z > 1) continue;
    blobs.push({
      ...{ x: x * n * 0.28, y: y * n * 0.28, z: z * n * 0.28 },
      width: random.uniform(1.2, 2.5),
      height: random.uniform(0.5, 2),
    });
  }
  return blobs;
}

/** The blobs sampled on n³ voxels about floor(n / 2). */
export function blobVolume(n: number, blobs: readonly Blob[], voxelSize = 1): Volume {
  const data = new Float32Array(n ** 3);
  const c = centre(n);
  for (const blob of blobs) {
    const [ex, ey, ez] = [blob.x, blob.y, blob.z].map((at) => gaussian(n, c + at, blob.width));
    for (let z = 0; z < n; z++) {
      for (let y = 0; y < n; y++) {
        const weight = blob.height * ez![z]! * ey![y]!;
        for (let x = 0; x < n; x++) data[(z * n + y) * n + x]! += weight * ex![x]!;
      }
    }
  }
  return { data, shape: [n, n, n], voxelSize };
}

/** The exact projection: each blob at A (x, y, z), moved by the shift in pixels; values are sums over z. */
export function blobProjection(
  n: number,
  blobs: readonly Blob[],
  a: RotationMatrix,
  shiftX = 0,
  shiftY = 0,
): Image {
  const image = zeros(n, n);
  const c = centre(n);
  for (const { x, y, z, width, height } of blobs) {
    const ex = gaussian(n, c + shiftX + a[0] * x + a[1] * y + a[2] * z, width);
    const ey = gaussian(n, c + shiftY + a[3] * x + a[4] * y + a[5] * z, width);
    const weight = height * width * Math.sqrt(2 * Math.PI);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++)
        image.data[row * n + column]! += weight * ey[row]! * ex[column]!;
    }
  }
  return image;
}

const gaussian = (n: number, at: number, width: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.exp(-((i - at) ** 2) / (2 * width * width)));

/** The factor that fits b to a by least squares. */
export function scaleOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / bb;
}
