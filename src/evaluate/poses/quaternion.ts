import type { RotationMatrix } from "../../core/rotation.js";

/** A rotation as a unit quaternion; q and -q are one rotation. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];

/** Of a rotation matrix, row by row, that turns vectors counter-clockwise. Source: Shepperd 1978, J. Guidance and Control 1:223. */
export function quaternionOf(a: RotationMatrix): Quaternion {
  const trace = a[0] + a[4] + a[8];
  const largest = Math.max(trace, a[0], a[4], a[8]);
  // four times each product of the largest component with the others
  const products: readonly [number, number, number, number] =
    largest === trace
      ? [1 + trace, a[7] - a[5], a[2] - a[6], a[3] - a[1]]
      : largest === a[0]
        ? [a[7] - a[5], 1 + 2 * a[0] - trace, a[1] + a[3], a[2] + a[6]]
        : largest === a[4]
          ? [a[2] - a[6], a[1] + a[3], 1 + 2 * a[4] - trace, a[5] + a[7]]
          : [a[3] - a[1], a[2] + a[6], a[5] + a[7], 1 + 2 * a[8] - trace];
  const length = Math.hypot(...products);
  return [products[0] / length, products[1] / length, products[2] / length, products[3] / length];
}

/** The matrix of a unit quaternion. */
export function matrixOf([w, x, y, z]: Quaternion): RotationMatrix {
  return [
    ...([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)] as const),
    ...([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)] as const),
    ...([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)] as const),
  ];
}

/** The rotation p after q. */
export const product = ([a, b, c, d]: Quaternion, [w, x, y, z]: Quaternion): Quaternion => [
  a * w - b * x - c * y - d * z,
  a * x + b * w + c * z - d * y,
  a * y - b * z + c * w + d * x,
  a * z + b * y - c * x + d * w,
];

export const inverse = ([w, x, y, z]: Quaternion): Quaternion => [w, -x, -y, -z];

/** |cosine| of half the angle between two rotations: 1 where they are the same. */
export const likeness = (p: Quaternion, q: Quaternion): number =>
  Math.abs(p[0] * q[0] + p[1] * q[1] + p[2] * q[2] + p[3] * q[3]);
