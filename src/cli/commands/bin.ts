import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import type { binOptions } from "../../jobs/bin/options.js";
import { planBin } from "../../jobs/bin/plan.js";
import { binMicrographs, binShard } from "../../jobs/bin/run.js";
import { expandInputs } from "../../runtime/inputs.js";
import type { Run } from "../command.js";
import { isShard, tellShard, withWorkers } from "../workers.js";

/** The work of `cryogem bin`. */
export const run: Run<typeof binOptions> = async (options, context) => {
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const plan = planBin({ ...options, micrographs: await expandInputs(options.micrographs, kind) });
  if (isShard(plan.assignment)) {
    const done = await withWorkers(options.workers, (workers) => binShard(plan, { ...context, workers }));
    return tellShard(done, context.report);
  }
  const { micrographs } = await withWorkers(options.workers, (workers) =>
    binMicrographs(plan, { ...context, workers }),
  );
  const made = micrographs.filter(({ binned, file }) => binned !== file).length;
  context.report.note(`${plan.out}: ${made} of ${micrographs.length} micrographs binned`);
  return { out: plan.out, micrographs };
};
