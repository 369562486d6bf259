import type { RotationMatrix } from "../../core/rotation.js";

/** An axis times the angle about it in radians, which cryoSPARC calls a pose. */
export type RotationVector = readonly [x: number, y: number, z: number];

/** The matrix of a rotation vector (Rodrigues' formula), row by row. */
export function rotationVectorToMatrix([x, y, z]: RotationVector): RotationMatrix {
  const angle = Math.sqrt(x * x + y * y + z * z);
  // sin(a) / a and (1 - cos(a)) / a^2, by their series where a is too small to divide by.
  const sine = angle < 1e-4 ? 1 - (angle * angle) / 6 : Math.sin(angle) / angle;
  const versine = angle < 1e-4 ? 0.5 - (angle * angle) / 24 : (1 - Math.cos(angle)) / (angle * angle);
  const cosine = Math.cos(angle);
  return [
    cosine + versine * x * x,
    versine * x * y - sine * z,
    versine * x * z + sine * y,
    versine * x * y + sine * z,
    cosine + versine * y * y,
    versine * y * z - sine * x,
    versine * x * z - sine * y,
    versine * y * z + sine * x,
    cosine + versine * z * z,
  ];
}

/** The rotation vector of a matrix, its angle in [0, pi]. By way of the quaternion's largest part, exact at any angle. */
export function matrixToRotationVector(m: RotationMatrix): RotationVector {
  // Four times the squares of the quaternion's parts w, x, y, z; the largest is at least one.
  const squares = [
    1 + m[0] + m[4] + m[8],
    1 + m[0] - m[4] - m[8],
    1 - m[0] + m[4] - m[8],
    1 - m[0] - m[4] + m[8],
  ];
  const [wx, wy, wz] = [m[7] - m[5], m[2] - m[6], m[3] - m[1]];
  const [xy, xz, yz] = [m[1] + m[3], m[2] + m[6], m[5] + m[7]];
  const largest = squares.indexOf(Math.max(...squares));
  const parts = [
    [squares[0]!, wx, wy, wz],
    [wx, squares[1]!, xy, xz],
    [wy, xy, squares[2]!, yz],
    [wz, xz, yz, squares[3]!],
  ][largest]! as [number, number, number, number];
  const sign = parts[0] < 0 ? -1 : 1;
  const [w, x, y, z] = parts.map((part) => sign * part) as [number, number, number, number];
  const length = Math.sqrt(x * x + y * y + z * z);
  const angle = 2 * Math.atan2(length, w);
  // For a vanishing rotation angle / length tends to 2 / w.
  const scale = length > 0 ? angle / length : 0;
  return [x * scale, y * scale, z * scale];
}

/** The transpose, which is the inverse of a rotation. */
export const transpose = (m: RotationMatrix): RotationMatrix => [
  m[0],
  m[3],
  m[6],
  m[1],
  m[4],
  m[7],
  m[2],
  m[5],
  m[8],
];
