import type { potentialOptions } from "../../../jobs/potential/options.js";
import { computePotential } from "../../../jobs/potential/run.js";
import type { Run } from "../../command.js";

/** The work of `cryogem potential`. */
export const run: Run<typeof potentialOptions> = async (options, context) => ({
  ...(await computePotential(options, context)),
});
