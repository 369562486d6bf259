import type { generateOptions } from "../../jobs/generate/options.js";
import { planGeneration } from "../../jobs/generate/plan.js";
import { generateDataset, generateShard } from "../../jobs/generate/run.js";
import { openDevice } from "../../runtime/onnx/device.js";
import type { Run } from "../command.js";
import { isShard, tellShard, withWorkers } from "../workers.js";

/** The work of `cryogem generate`. */
export const run: Run<typeof generateOptions> = async (options, context) => {
  const plan = planGeneration(options);
  const runtime = () => openDevice(options, context.report.note);
  if (isShard(plan.assignment)) {
    const done = await withWorkers(options.workers, (workers) =>
      generateShard(plan, { ...context, workers, runtime }),
    );
    return tellShard(done, context.report);
  }
  const { micrographs, particles } = await withWorkers(options.workers, (workers) =>
    generateDataset(plan, { ...context, workers, runtime }),
  );
  context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out: plan.out, micrographs: micrographs.length, particles };
};
