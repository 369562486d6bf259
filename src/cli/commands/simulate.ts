import type { simulateOptions } from "../../jobs/simulate/options.js";
import { planSimulation } from "../../jobs/simulate/plan.js";
import { simulateDataset } from "../../jobs/simulate/run.js";
import type { Run } from "../command.js";
import { withWorkers } from "../workers.js";

/** The work of `cryogem simulate`. */
export const run: Run<typeof simulateOptions> = async (options, context) => {
  const plan = planSimulation(options);
  const { micrographs, particles } = await withWorkers(options.workers, (workers) =>
    simulateDataset(plan, { ...context, workers }),
  );
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
};
