import type { generateOptions } from "../../../jobs/generate/options.js";
import { planGeneration } from "../../../jobs/generate/plan.js";
import { generateDataset, generateShard } from "../../../jobs/generate/run.js";
import { openDevice } from "../../../runtime/onnx/device.js";
import type { Run } from "../../command.js";
import { isShard, tellDataset, tellShard, withWorkers } from "../../workers.js";

/** The work of `cryogem generate`. */
export const run: Run<typeof generateOptions> = async (options, context) => {
  const plan = planGeneration(options);
  const runtime = () => openDevice(options, context.report.note);
  return withWorkers(options.workers, async (workers) => {
    const machine = { ...context, workers, runtime };
    if (isShard(plan.assignment)) return tellShard(await generateShard(plan, machine), context.report);
    return tellDataset(plan.out, await generateDataset(plan, machine), context.report);
  });
};
