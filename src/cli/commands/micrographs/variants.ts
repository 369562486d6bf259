import type { variantsOptions } from "../../../jobs/variants/options.js";
import { makeVariants, variantsText } from "../../../jobs/variants/run.js";
import type { Run } from "../../command.js";

/** The work of `cryogem variants`. */
export const run: Run<typeof variantsOptions> = async (options, context) => {
  const result = await makeVariants(options, context);
  if (!context.json) process.stdout.write(variantsText(result));
  return { ...result };
};
