import type { DatasetContext } from "../shared/context.js";
import { chunksOf, sharedOf } from "./iteration.js";
import type { RefinePlan } from "./plan.js";
import type { RefineInputs } from "./read.js";
import type { RefineState } from "./state.js";

/** Particles of each half that are searched both everywhere and near the proposals. */
const SEARCHED = 100;
/** Degrees about the proposed orientations that are tried. About several orientations, more would be most of all that there is. */
const REACHES = [25, 40] as const;
/** A particle is lost where so many natural logarithms of its likelihood are: less than a twentieth of the probability lies near. */
const LOST = 3;
/** Share of particles that may be lost. */
const MOST_LOST = 0.05;

/**
 * How far from the proposed orientations particles must be looked for, degrees. Some particles are searched both
 * everywhere and near the proposals, with the first reference, and what the likelihood loses near them is measured.
 *
 * @param first the state before the first iteration
 * @returns undefined, with a warning, where too many particles would be lost: the proposals are no help
 */
export async function reachOfProposals(
  plan: RefinePlan,
  inputs: RefineInputs,
  first: RefineState,
  { workers, report, signal }: DatasetContext,
): Promise<number | undefined> {
  const chunks = chunksOf(inputs, SEARCHED);
  const some = [0, 1].map((half) => chunks.find((chunk) => chunk.half === half)!);
  const evidence = async (state: RefineState): Promise<number[]> => {
    const shared = sharedOf(plan, inputs, state);
    const found = await workers.map("refine-search", some, { signal, shared });
    return found.flat().map((sighting) => sighting.evidence);
  };
  const everywhere = await evidence(first);
  const told: string[] = [];
  for (const reach of REACHES) {
    const near = await evidence({ ...first, reach });
    const lost = near.filter((value, i) => value < everywhere[i]! - LOST).length;
    told.push(`${lost} within ${reach} degrees`);
    if (lost > MOST_LOST * near.length) continue;
    report.note(
      `${plan.poses}: of ${near.length} particles ${told.join(" and ")} of the proposed orientations are lost`,
    );
    return reach;
  }
  report.warn(
    `${plan.poses}: of ${everywhere.length} particles ${told.join(" and ")} of the proposed orientations are ` +
      "lost: these poses are no help, all particles are searched everywhere",
  );
  return undefined;
}
