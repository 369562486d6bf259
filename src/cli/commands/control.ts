import type { controlOptions } from "../../jobs/control/options.js";
import { spoilParticles } from "../../jobs/control/run.js";
import type { Run } from "../command.js";

/** The work of `cryogem control`. */
export const run: Run<typeof controlOptions> = async (options, context) => {
  const result = await spoilParticles(options, context);
  context.report.note(`${result.out}: ${result.particles} particles`);
  return { ...result };
};
