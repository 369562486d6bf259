import type { simulateOptions } from "../../../jobs/simulate/options.js";
import { planSimulation } from "../../../jobs/simulate/plan.js";
import { simulateDataset, simulateShard } from "../../../jobs/simulate/run.js";
import type { Run } from "../../command.js";
import { isShard, tellDataset, tellShard, withWorkers } from "../../workers.js";

/** The work of `cryogem simulate`. */
export const run: Run<typeof simulateOptions> = async (options, context) => {
  const plan = planSimulation(options);
  return withWorkers(options.workers, async (workers) => {
    const machine = { ...context, workers };
    if (isShard(plan.assignment)) return tellShard(await simulateShard(plan, machine), context.report);
    return tellDataset(plan.out, await simulateDataset(plan, machine), context.report);
  });
};
