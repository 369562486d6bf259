import type { initialModelOptions } from "../../../jobs/initial-model/options.js";
import { planInitialModel } from "../../../jobs/initial-model/plan.js";
import { makeInitialModel } from "../../../jobs/initial-model/run.js";
import type { Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem initial-model`. */
export const run: Run<typeof initialModelOptions> = async (options, context) => {
  const plan = planInitialModel(options);
  const record = await withWorkers(options.workers, (workers) =>
    makeInitialModel(plan, { ...context, workers }),
  );
  const models = record.classes.length === 1 ? "a map" : `${record.classes.length} maps`;
  context.report.note(
    `${plan.out}: ${models} of ${record.particles} particles, compared to ${record.comparedTo.toFixed(1)} angstrom`,
  );
  return { out: plan.out, ...record };
};
