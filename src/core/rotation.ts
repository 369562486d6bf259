import type { Random } from "./random.js";

/**
 * Rotation from the reference to the observation, row by row: A of RELION's convention,
 * A = (Rz(rot) Ry(tilt) Rz(psi))^T. A particle's image is the sum over z of V(A^T (x, y, z)).
 */
export type RotationMatrix = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Euler angles as RELION writes them, degrees, ZYZ. */
export interface EulerAngles {
  readonly rot: number;
  readonly tilt: number;
  readonly psi: number;
}

const RADIANS = Math.PI / 180;

/** The matrix A of Euler angles in degrees. Source: RELION's documented ZYZ convention (Heymann et al. 2005). */
export function eulerToMatrix({ rot, tilt, psi }: EulerAngles): RotationMatrix {
  const ca = Math.cos(rot * RADIANS);
  const sa = Math.sin(rot * RADIANS);
  const cb = Math.cos(tilt * RADIANS);
  const sb = Math.sin(tilt * RADIANS);
  const cg = Math.cos(psi * RADIANS);
  const sg = Math.sin(psi * RADIANS);
  return [
    cg * cb * ca - sg * sa,
    cg * cb * sa + sg * ca,
    -cg * sb,
    -sg * cb * ca - cg * sa,
    -sg * cb * sa + cg * ca,
    sg * sb,
    sb * ca,
    sb * sa,
    cb,
  ];
}

/** Euler angles in degrees of a matrix A: rot and psi in (-180, 180], tilt in [0, 180]; psi is 0 at the poles. */
export function matrixToEuler(a: RotationMatrix): EulerAngles {
  const sinTilt = Math.sqrt(a[2] * a[2] + a[5] * a[5]);
  if (sinTilt < 1e-9) {
    const rot = a[8] > 0 ? Math.atan2(a[1], a[0]) : Math.atan2(-a[1], -a[0]);
    return { rot: rot / RADIANS, tilt: a[8] > 0 ? 0 : 180, psi: 0 };
  }
  return {
    rot: Math.atan2(a[7], a[6]) / RADIANS,
    tilt: Math.atan2(sinTilt, a[8]) / RADIANS,
    psi: Math.atan2(a[5], -a[2]) / RADIANS,
  };
}

/** A rotation drawn uniformly on SO(3): cos(tilt), rot and psi uniform. */
export function uniformRotation(random: Random): EulerAngles {
  return {
    rot: random.uniform(-180, 180),
    tilt: Math.acos(random.uniform(-1, 1)) / RADIANS,
    psi: random.uniform(-180, 180),
  };
}

/** The product a b: first b, then a. */
export function multiplyRotations(a: RotationMatrix, b: RotationMatrix): RotationMatrix {
  const entry = (row: number, column: number): number =>
    a[3 * row]! * b[column]! + a[3 * row + 1]! * b[3 + column]! + a[3 * row + 2]! * b[6 + column]!;
  return [
    ...([entry(0, 0), entry(0, 1), entry(0, 2)] as const),
    ...([entry(1, 0), entry(1, 1), entry(1, 2)] as const),
    ...([entry(2, 0), entry(2, 1), entry(2, 2)] as const),
  ];
}

/** The inverse of a rotation. */
export function transposeRotation(a: RotationMatrix): RotationMatrix {
  return [a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]];
}

/** The angle in degrees, 0 to 180, by which two orientations differ; accurate for small angles too. */
export function rotationAngle(a: RotationMatrix, b: RotationMatrix): number {
  // |a - b|² = 8 sin²(angle / 2) for rotations
  let squares = 0;
  for (let i = 0; i < 9; i++) squares += (a[i]! - b[i]!) ** 2;
  return (2 * Math.asin(Math.min(1, Math.sqrt(squares / 8)))) / RADIANS;
}

/** Rotation by an angle in degrees about an axis of any length, counter-clockwise seen against it (Rodrigues). */
export function axisRotation(axis: readonly [number, number, number], angle: number): RotationMatrix {
  const length = Math.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2);
  const [x, y, z] = [axis[0] / length, axis[1] / length, axis[2] / length];
  const c = Math.cos(angle * RADIANS);
  const s = Math.sin(angle * RADIANS);
  const t = 1 - c;
  return [
    ...([c + t * x * x, t * x * y - s * z, t * x * z + s * y] as const),
    ...([t * x * y + s * z, c + t * y * y, t * y * z - s * x] as const),
    ...([t * x * z - s * y, t * y * z + s * x, c + t * z * z] as const),
  ];
}
