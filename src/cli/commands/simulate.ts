import type { simulateOptions } from "../../jobs/simulate/options.js";
import { planSimulation } from "../../jobs/simulate/plan.js";
import { simulateDataset, simulateShard } from "../../jobs/simulate/run.js";
import type { Run } from "../command.js";
import { isShard, tellShard, withWorkers } from "../workers.js";

/** The work of `cryogem simulate`. */
export const run: Run<typeof simulateOptions> = async (options, context) => {
  const plan = planSimulation(options);
  if (isShard(plan.assignment)) {
    const done = await withWorkers(options.workers, (workers) =>
      simulateShard(plan, { ...context, workers }),
    );
    return tellShard(done, context.report);
  }
  const { micrographs, particles } = await withWorkers(options.workers, (workers) =>
    simulateDataset(plan, { ...context, workers }),
  );
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
};
