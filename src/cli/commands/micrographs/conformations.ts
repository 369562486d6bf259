import type { conformationsOptions } from "../../../jobs/conformations/options.js";
import { makeConformations } from "../../../jobs/conformations/run.js";
import type { Run } from "../../command.js";

/** The work of `cryogem conformations`. */
export const run: Run<typeof conformationsOptions> = async (options, context) => ({
  ...(await makeConformations(options, context)),
});
