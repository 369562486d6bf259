import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../../../src/array/statistics.js";
import type { Files } from "../../../src/core/ports.js";
import { eulerToMatrix } from "../../../src/core/rotation.js";
import { symmetricAngle, symmetryOperators } from "../../../src/core/symmetry.js";
import { readParticlesStar } from "../../../src/io/particles/star.js";
import type { RefineOptions } from "../../../src/jobs/refine/options.js";
import { planRefinement } from "../../../src/jobs/refine/plan.js";
import { refineParticles } from "../../../src/jobs/refine/run.js";
import { jobContext } from "../../helpers/job-context.js";
import type { ToyRefinement } from "./toy-refinement.js";

/** Refines a toy into a folder. */
export async function refineToy(
  set: Pick<ToyRefinement, "star" | "reference">,
  out: string,
  more: Partial<RefineOptions> = {},
  files?: Files,
) {
  const { context, ...said } = jobContext();
  const plan = planRefinement({
    ...{ particles: set.star, reference: set.reference, out, initialLowPass: 48 },
    ...more,
  });
  const record = await refineParticles(plan, { ...context, ...(files && { files }) });
  return { record, ...said, at: (name: string): string => join(plan.out, name) };
}

/** Medians over the particles at some places in the file: degrees between the angles found and the true ones, angstrom between the shifts. */
export function errorsOf(
  star: string,
  { set }: Pick<ToyRefinement, "set">,
  symmetry = "C1",
  which: (i: number) => boolean = () => true,
) {
  const operators = symmetryOperators(symmetry);
  const { particles } = readParticlesStar(readFileSync(star), star);
  const pairs = particles.map((found, i) => ({ found, truth: set.particles[i]! })).filter((_, i) => which(i));
  const median = (error: (pair: (typeof pairs)[number]) => number): number => quantile(pairs.map(error), 0.5);
  return {
    particles,
    angle: median(({ found, truth }) =>
      symmetricAngle(eulerToMatrix(found.angles!), eulerToMatrix(truth.angles!), operators),
    ),
    shift: median(({ found, truth }) =>
      Math.hypot(found.origin!.x - truth.origin!.x, found.origin!.y - truth.origin!.y),
    ),
  };
}
