import { mean } from "../../array/statistics.js";
import type { Random } from "../../core/random.js";
import { eulerToMatrix, uniformRotation } from "../../core/rotation.js";
import type { ParticlePose } from "./poses.js";

/** Poses of somebody who knows nothing: uniform rotations, and the shifts of other particles. */
export function randomPoses(truths: readonly ParticlePose[], random: Random): ParticlePose[] {
  const others = random.shuffle(truths.map(({ x, y }) => ({ x, y })));
  return others.map((shift) => ({ rotation: eulerToMatrix(uniformRotation(random)), ...shift }));
}

/**
 * One pose for all particles, the best: any rotation will do, since `scorePoses` turns it to where its mean angle is least; the
 * shift is the mean of the true ones.
 */
export function constantPoses(truths: readonly ParticlePose[]): ParticlePose[] {
  const shift = { x: mean(truths.map(({ x }) => x)), y: mean(truths.map(({ y }) => y)) };
  return truths.map(() => ({ rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], ...shift }));
}
