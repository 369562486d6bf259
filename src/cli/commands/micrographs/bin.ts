import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import type { binOptions } from "../../../jobs/bin/options.js";
import { planBin } from "../../../jobs/bin/plan.js";
import { isBinned } from "../../../jobs/bin/records.js";
import { binMicrographs, binShard } from "../../../jobs/bin/run.js";
import { expandInputs } from "../../../runtime/inputs.js";
import type { Run } from "../../command.js";
import { isShard, tellShard, withWorkers } from "../../workers.js";

/** The work of `cryogem bin`. */
export const run: Run<typeof binOptions> = async (options, context) => {
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const plan = planBin({ ...options, micrographs: await expandInputs(options.micrographs, kind) });
  return withWorkers(options.workers, async (workers) => {
    const machine = { ...context, workers };
    if (isShard(plan.assignment)) return tellShard(await binShard(plan, machine), context.report);
    const { micrographs } = await binMicrographs(plan, machine);
    const made = micrographs.filter(isBinned).length;
    context.report.note(`${plan.out}: ${made} of ${micrographs.length} micrographs binned`);
    return { out: plan.out, micrographs };
  });
};
