import { inRange } from "../../core/check.js";
import { type EulerAngles, eulerToMatrix, type RotationMatrix } from "../../core/rotation.js";
import { isFirstOfEquals, symmetryOperators } from "../../core/symmetry.js";

/** Angle by which successive points of the spiral turn: the golden one, 2π (2 - golden ratio). */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const DEGREES = 180 / Math.PI;

/**
 * Orientations about `step` degrees apart that cover all images of a structure: views on a Fibonacci spiral over the part of
 * the sphere that its symmetry leaves different, each turned in the plane all the way round.
 *
 * @param symmetry point group in RELION's setting
 * @throws DomainError for a step outside 2 to 180 degrees or an unknown group
 */
export function templateViews(step: number, symmetry: string): RotationMatrix[] {
  inRange("angular step", step, "degrees", 2, 180);
  const turns = Math.max(1, Math.round(360 / step));
  return differentViews(step, symmetryOperators(symmetry)).flatMap((view, i) =>
    Array.from({ length: turns }, (_, turn) =>
      // neighbouring views start at different angles, which covers the rotations more evenly
      eulerToMatrix({ ...view, psi: ((turn + ((i * 0.618034) % 1)) * 360) / turns }),
    ),
  );
}

/** Views on the spiral that are, among those symmetry makes equal, the nearest to one direction. */
function differentViews(step: number, operators: readonly RotationMatrix[]): EulerAngles[] {
  const count = Math.max(2, Math.round(4 * Math.PI * (DEGREES / step) ** 2));
  const views: EulerAngles[] = [];
  for (let i = 0; i < count; i++) {
    const view = {
      rot: ((i * GOLDEN_ANGLE) % (2 * Math.PI)) * DEGREES,
      tilt: Math.acos(1 - (2 * i + 1) / count) * DEGREES,
      psi: 0,
    };
    if (isFirstOfEquals(eulerToMatrix(view), operators)) views.push(view);
  }
  return views;
}
