import type { extractOptions } from "../../jobs/extract/options.js";
import { extractParticles } from "../../jobs/extract/run.js";
import type { Run } from "../command.js";

/** The work of `cryogem extract`. */
export const run: Run<typeof extractOptions> = async (options, context) => {
  const made = await extractParticles(options, context);
  const skipped = made.skipped > 0 ? `, ${made.skipped} at edges left out` : "";
  const contrast = options.invert === false ? "protein as in the micrographs" : "protein white";
  context.report.note(`${made.stack}: ${made.particles} particles${skipped}, ${contrast}; ${made.star}`);
  return { ...made };
};
