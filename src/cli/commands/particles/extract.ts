import type { extractOptions } from "../../../jobs/extract/options.js";
import { planExtraction } from "../../../jobs/extract/plan.js";
import { extractParticles, extractShard } from "../../../jobs/extract/run.js";
import type { Run } from "../../command.js";
import { isShard, tellShard } from "../../workers.js";

/** The work of `cryogem extract`. */
export const run: Run<typeof extractOptions> = async (options, context) => {
  if (isShard(planExtraction(options).assignment)) {
    return tellShard(await extractShard(options, context), context.report);
  }
  const made = await extractParticles(options, context);
  const skipped = made.skipped > 0 ? `, ${made.skipped} at edges left out` : "";
  const contrast = options.invert === false ? "protein as in the micrographs" : "protein white";
  context.report.note(`${made.stack}: ${made.particles} particles${skipped}, ${contrast}; ${made.star}`);
  return { ...made };
};
