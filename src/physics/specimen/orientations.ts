import { inRange } from "../../core/check.js";
import { DomainError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import {
  type EulerAngles,
  eulerToMatrix,
  matrixToEuler,
  multiplyRotations,
  type RotationMatrix,
  uniformRotation,
} from "../../core/rotation.js";

/** A cap of viewing directions around (rot, tilt), degrees; uniform inside. */
export interface Cone {
  readonly rot: number;
  readonly tilt: number;
  /** Degrees from its axis to its rim, 0 to 180. */
  readonly halfAngle: number;
  /** Share among the cones; absent = 1. */
  readonly weight?: number;
}

/** How the particles of a specimen are oriented. Uniform is right for a symmetric structure too. */
export type Orientations =
  | { readonly kind: "uniform" }
  /** Preferred views; the in-plane angle is uniform. */
  | { readonly kind: "cones"; readonly cones: readonly Cone[] }
  /** Views drawn from a list, as the particles of a STAR file; the in-plane angle is uniform unless `keepPsi`. */
  | { readonly kind: "list"; readonly angles: readonly EulerAngles[]; readonly keepPsi?: boolean };

/**
 * A sampler of orientations.
 *
 * @throws DomainError for an empty list, a weight that is negative or a half angle outside 0 to 180 degrees
 */
export function orientationSampler(orientations: Orientations): (random: Random) => EulerAngles {
  switch (orientations.kind) {
    case "uniform":
      return uniformRotation;
    case "cones": {
      const { cones } = orientations;
      for (const { halfAngle } of cones) inRange("halfAngle", halfAngle, "degrees", 0, 180);
      const pick = weightedIndex(
        "cones",
        cones.map(({ weight }) => weight ?? 1),
      );
      return (random) => inCone(cones[pick(random)]!, random);
    }
    case "list": {
      const { angles, keepPsi } = orientations;
      if (angles.length === 0)
        throw new DomainError("orientations", 0, "at least one orientation in the list");
      return (random) => {
        const angle = angles[random.integer(angles.length)]!;
        return keepPsi ? angle : { ...angle, psi: random.uniform(-180, 180) };
      };
    }
  }
}

/**
 * The same orientations spread evenly over those that look alike on a symmetric structure: each drawn A becomes A R, R one
 * of the group's rotations. Uniform orientations are spread so already.
 *
 * @param operators rotations of the structure's point group
 */
export function spreadOverSymmetry(
  sample: (random: Random) => EulerAngles,
  operators: readonly RotationMatrix[],
): (random: Random) => EulerAngles {
  if (operators.length < 2) return sample;
  return (random) => {
    const operator = operators[random.integer(operators.length)]!;
    return matrixToEuler(multiplyRotations(eulerToMatrix(sample(random)), operator));
  };
}

/** Draws an index with a probability proportional to its weight. */
export function weightedIndex(quantity: string, weights: readonly number[]): (random: Random) => number {
  const cumulative: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += inRange(`${quantity}: weight`, weight, "", 0, 1e9);
    cumulative.push(total);
  }
  if (!(total > 0)) throw new DomainError(quantity, weights, "weights with a positive sum");
  return (random) => {
    const mark = random.uniform(0, total);
    return Math.max(
      0,
      cumulative.findIndex((sum) => mark < sum),
    );
  };
}

/** A view uniform in the cap around the cone's axis: about the axis as pole, cos(polar) and the azimuth are uniform. */
function inCone(cone: Cone, random: Random): EulerAngles {
  const radians = Math.PI / 180;
  const cosine = random.uniform(Math.cos(cone.halfAngle * radians), 1);
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  const azimuth = random.uniform(-Math.PI, Math.PI);
  const [u, v, w] = [sine * Math.cos(azimuth), sine * Math.sin(azimuth), cosine];
  const ct = Math.cos(cone.tilt * radians);
  const st = Math.sin(cone.tilt * radians);
  const cr = Math.cos(cone.rot * radians);
  const sr = Math.sin(cone.rot * radians);
  // the pole turned by tilt about y, then by rot about z
  const x = ct * u + st * w;
  const z = -st * u + ct * w;
  return {
    rot: Math.atan2(sr * x + cr * v, cr * x - sr * v) / radians,
    tilt: Math.acos(Math.min(1, Math.max(-1, z))) / radians,
    psi: random.uniform(-180, 180),
  };
}
