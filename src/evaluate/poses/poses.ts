import { symmetricEigen } from "../../array/eigen.js";
import { mean, quantile } from "../../array/statistics.js";
import { DomainError } from "../../core/errors.js";
import {
  multiplyRotations,
  type RotationMatrix,
  rotationAngle,
  transposeRotation,
} from "../../core/rotation.js";
import { alignPoses, MIRRORED, nearestOperator, relativeTurns } from "./alignment.js";
import { matrixOf, product, quaternionOf } from "./quaternion.js";

/** How a particle lies in its image. */
export interface ParticlePose {
  readonly rotation: RotationMatrix;
  /** Pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
}

/** Errors of one particle's pose: degrees, and pixels. */
export interface PoseErrors {
  readonly angle: number;
  readonly view: number;
  readonly inPlane: number;
  readonly shift: number;
}

/** Mean and median of one error over all particles. */
export interface MeanAndMedian {
  readonly mean: number;
  readonly median: number;
}

/** Scores of poses against the truth. */
export interface PoseScores {
  readonly particles: number;
  readonly angle: MeanAndMedian;
  readonly view: MeanAndMedian;
  readonly inPlane: MeanAndMedian;
  readonly shift: MeanAndMedian;
  /** The angle without any alignment: what counts where poses go with a known map. */
  readonly unaligned: MeanAndMedian;
  readonly hand: "same" | "opposite";
  /** Degrees by which the map of the poses is turned, the least over the symmetry group. */
  readonly turned: number;
  /** Pixels by which the map of the poses is moved, along x, y and z. */
  readonly moved: readonly [number, number, number];
  readonly errors: readonly PoseErrors[];
}

const DEGREES = 180 / Math.PI;

/**
 * Scores poses against the truth, particle by particle, after the best alignment of their map: a rotation with either hand
 * (`alignPoses`), and the translation of least squares that the symmetry allows.
 *
 * - `angle`: of the rotation between estimate and truth, the least over the symmetry group;
 * - `view`: between the directions that they look along, alone, the least over the group by itself;
 * - `inPlane`: the turn about that direction that remains when the shortest turn has brought the directions together (twist and swing),
 *   0 to 180, at the member of the group with the least angle;
 * - `shift`: distance of the particle's places in the image.
 *
 * @param estimates and truths of the same particles, in the same order
 * @param operators rotations of the point group of the map
 * @throws DomainError for fewer than two particles or lists of different length
 */
export function scorePoses(
  estimates: readonly ParticlePose[],
  truths: readonly ParticlePose[],
  operators: readonly RotationMatrix[],
): PoseScores {
  if (estimates.length !== truths.length || truths.length < 2) {
    throw new DomainError(
      "poses",
      `${estimates.length} with ${truths.length} truths`,
      "as many truths, 2 or more",
    );
  }
  const pairs = estimates.map(({ rotation }, i) => ({ estimate: rotation, truth: truths[i]!.rotation }));
  const { turn, hand } = alignPoses(pairs, operators);
  const turns = operators.map((operator) => product(quaternionOf(operator), turn));
  const matrices = turns.map(matrixOf);
  const moved = translation(estimates, truths, operators);
  const errors = relativeTurns(pairs, hand).map((relative, i): PoseErrors => {
    const { rotation } = estimates[i]!;
    const estimate = hand === "same" ? rotation : multiplyRotations(MIRRORED, rotation);
    const between = (matrix: RotationMatrix): RotationMatrix =>
      multiplyRotations(estimate, transposeRotation(multiplyRotations(truths[i]!.rotation, matrix)));
    const nearest = between(matrices[nearestOperator(relative, turns).index]!);
    return {
      angle: rotationAngle(nearest, IDENTITY),
      view: Math.min(...matrices.map((matrix) => swingOf(between(matrix)))),
      inPlane: Math.abs(twistOf(nearest)),
      shift: Math.hypot(...difference(estimates[i]!, truths[i]!, moved)),
    };
  });
  const unaligned = pairs.map(({ estimate, truth }) =>
    Math.min(...operators.map((each) => rotationAngle(estimate, multiplyRotations(truth, each)))),
  );
  const of = (name: keyof PoseErrors): MeanAndMedian => centreOf(errors.map((each) => each[name]));
  return {
    particles: errors.length,
    ...{ angle: of("angle"), view: of("view"), inPlane: of("inPlane"), shift: of("shift") },
    unaligned: centreOf(unaligned),
    ...{ hand, moved, errors },
    turned: Math.min(...matrices.map((matrix) => rotationAngle(matrix, IDENTITY))),
  };
}

const IDENTITY: RotationMatrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const centreOf = (values: readonly number[]): MeanAndMedian => ({
  mean: mean(values),
  median: quantile(values, 0.5),
});

/** The angle between the beam before and after a rotation of the observation. */
const swingOf = (a: RotationMatrix): number => Math.atan2(Math.hypot(a[2], a[5]), a[8]) * DEGREES;

/** The turn about the beam in a rotation of the observation. */
const twistOf = (a: RotationMatrix): number => Math.atan2(a[3] - a[1], a[0] + a[4]) * DEGREES;

/** Pixels between the places of an estimate and its truth, less those by which the map is moved. */
function difference(
  { x, y }: ParticlePose,
  { rotation: a, ...truth }: ParticlePose,
  [u, v, w]: readonly [number, number, number],
): readonly [number, number] {
  return [x - truth.x - (a[0] * u + a[1] * v + a[2] * w), y - truth.y - (a[3] * u + a[4] * v + a[5] * w)];
}

/**
 * The translation, pixels in the frame of the truth, that explains the shifts of the estimates best: least squares among
 * the points that the symmetry group leaves where they are (all for C1, the axis for Cn, the origin else).
 */
function translation(
  estimates: readonly ParticlePose[],
  truths: readonly ParticlePose[],
  operators: readonly RotationMatrix[],
): readonly [number, number, number] {
  const fixed = Array.from({ length: 9 }, (_, i) => mean(operators.map((each) => each[i]!)));
  const normal = new Float64Array(9);
  const right = [0, 0, 0];
  for (const [i, { rotation: a, x, y }] of truths.entries()) {
    for (const [row, value] of [estimates[i]!.x - x, estimates[i]!.y - y].entries()) {
      const design = [0, 1, 2].map((k) =>
        [0, 1, 2].reduce((sum, j) => sum + a[3 * row + j]! * fixed[3 * j + k]!, 0),
      );
      for (let j = 0; j < 3; j++) {
        right[j]! += design[j]! * value;
        for (let k = 0; k < 3; k++) normal[3 * j + k]! += design[j]! * design[k]!;
      }
    }
  }
  // the solution of least length: directions that symmetry forbids have eigenvalue 0
  const { values, vectors } = symmetricEigen({ data: normal, n: 3 });
  const solution: [number, number, number] = [0, 0, 0];
  for (let e = 0; e < 3; e++) {
    if (values[e]! <= 1e-6 * estimates.length) continue;
    const along = [0, 1, 2].reduce((sum, j) => sum + vectors.data[3 * e + j]! * right[j]!, 0) / values[e]!;
    for (let j = 0; j < 3; j++) solution[j]! += along * vectors.data[3 * e + j]!;
  }
  return solution;
}
