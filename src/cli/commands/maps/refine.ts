import type { refineOptions } from "../../../jobs/refine/options.js";
import { planRefinement } from "../../../jobs/refine/plan.js";
import { refineParticles } from "../../../jobs/refine/run.js";
import type { Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem refine`. */
export const run: Run<typeof refineOptions> = async (options, context) => {
  const plan = planRefinement(options);
  const record = await withWorkers(options.workers, (workers) =>
    refineParticles(plan, { ...context, workers }),
  );
  const end = record.hasConverged ? "nothing improves any more" : "as many iterations as asked for";
  context.report.note(
    `${plan.out}: ${record.resolution.toFixed(2)} angstrom after ${record.iterations} iterations (${end})`,
  );
  return { out: plan.out, ...record };
};
