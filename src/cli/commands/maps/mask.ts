import type { maskOptions } from "../../../jobs/mask/options.js";
import { makeMask, maskText } from "../../../jobs/mask/run.js";
import type { Run } from "../../command.js";

/** The work of `cryogem mask`. */
export const run: Run<typeof maskOptions> = async (options, context) => {
  const result = await makeMask(options, context);
  if (!context.json) process.stdout.write(maskText(result));
  return { ...result };
};
