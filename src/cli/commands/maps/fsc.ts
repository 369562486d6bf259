import type { fscOptions } from "../../../jobs/fsc/options.js";
import { compareMaps, fscText } from "../../../jobs/fsc/run.js";
import type { Run } from "../../command.js";

/** The work of `cryogem fsc`. */
export const run: Run<typeof fscOptions> = async (options, context) => {
  const found = await compareMaps(options, context);
  if (!context.json) process.stdout.write(fscText(found));
  return { ...found, frequencies: [...found.frequencies], correlation: [...found.correlation] };
};
