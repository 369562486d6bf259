import { IMAGE_EXTENSIONS } from "../../../io/read-image.js";
import type { estimateOptions } from "../../../jobs/estimate/options.js";
import { planEstimate } from "../../../jobs/estimate/plan.js";
import type { Estimates } from "../../../jobs/estimate/records.js";
import { estimateMicrographs, estimateShard } from "../../../jobs/estimate/run.js";
import { expandInputs } from "../../../runtime/inputs.js";
import type { Run } from "../../command.js";
import { isShard, tellShard, withWorkers } from "../../workers.js";

/** The work of `cryogem estimate`. */
export const run: Run<typeof estimateOptions> = async (options, context) => {
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const micrographs = await expandInputs(options.micrographs, kind);
  const plan = planEstimate({ ...options, micrographs });
  return withWorkers(options.workers, async (workers) => {
    const machine = { ...context, workers };
    if (isShard(plan.assignment)) return tellShard(await estimateShard(plan, machine), context.report);
    const { distributions } = await estimateMicrographs(plan, machine);
    context.report.note(`${plan.out}: ${micrographs.length} micrographs, ${summaryOf(distributions)}`);
    return { out: plan.out, micrographs: micrographs.length, distributions };
  });
};

function summaryOf({ defocus, astigmatism, signalFraction, particles }: Estimates["distributions"]): string {
  const pair = (s: { mean: number; standardDeviation: number }, digits = 0): string =>
    `${s.mean.toFixed(digits)} ± ${s.standardDeviation.toFixed(digits)}`;
  return (
    `defocus ${pair(defocus)} Å, astigmatism ${pair(astigmatism)} Å, ` +
    `signal ${pair(signalFraction, 3)} of the variance${particles ? `, ${pair(particles)} particles` : ""}`
  );
}
