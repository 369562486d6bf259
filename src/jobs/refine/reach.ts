import { quantile } from "../../array/statistics.js";
import { eulerToMatrix } from "../../core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../core/symmetry.js";
import { OrientationGrid } from "../../reconstruct/search/orientation-grid.js";
import type { DatasetContext } from "../shared/context.js";
import { chunksOf } from "./iteration.js";
import type { RefinePlan } from "./plan.js";
import type { RefineInputs } from "./read.js";
import type { IterationShared } from "./tasks.js";

/** Particles of each half that are searched everywhere. */
const SEARCHED = 100;
/** Share of them that must be found about the proposed orientations. */
const FOUND = 0.8;
/** Degrees: less cannot be told from the width of the first cells. */
const LEAST = 15;
/** Degrees: about several orientations so far away lies most of all that there is to search. */
const MOST = 40;

/**
 * How far about the proposed orientations particles must be looked for, degrees: some are searched everywhere, and measured is how far the
 * nearest proposal lies from what was found.
 *
 * @param everywhere a search of all orientations with the first reference
 * @returns undefined, with a warning, where the proposals are too far off to be of use
 */
export async function reachOfProposals(
  plan: RefinePlan,
  inputs: RefineInputs,
  everywhere: IterationShared,
  { workers, report, signal }: DatasetContext,
): Promise<number | undefined> {
  const chunks = chunksOf(inputs, SEARCHED);
  const some = [0, 1].map((half) => chunks.find((chunk) => chunk.half === half)!);
  const found = await workers.map("refine-search", some, { signal, shared: everywhere });
  const operators = symmetryOperators(plan.symmetry);
  const distances = found.flatMap((sightings, half) =>
    sightings.map(({ best }, i) =>
      Math.min(
        ...some[half]!.particles[i]!.angles!.map((angles) =>
          symmetricAngle(eulerToMatrix(angles), best.view.matrix, operators),
        ),
      ),
    ),
  );
  // a cell within the reach counts by its middle
  const reach = Math.max(LEAST, quantile(distances, FOUND) + OrientationGrid.step(2) / 2);
  const what = `${plan.poses}: of ${distances.length} particles that were searched everywhere, half lie within ${quantile(distances, 0.5).toFixed(1)} degrees of a proposed orientation, four of five within ${quantile(distances, FOUND).toFixed(1)}`;
  if (reach > MOST) {
    report.warn(`${what}: these poses are of no help, all particles are searched everywhere`);
    return undefined;
  }
  report.note(`${what}: others are looked for within ${reach.toFixed(1)}`);
  return reach;
}
