import type { Random } from "./random.js";

/**
 * Rotation from the reference to the observation, row by row: A of SCIENCE's and RELION's convention,
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
