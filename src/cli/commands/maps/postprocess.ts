import type { postprocessOptions } from "../../../jobs/postprocess/options.js";
import { postprocessMaps } from "../../../jobs/postprocess/run.js";
import { postprocessText } from "../../../jobs/postprocess/text.js";
import type { Run } from "../../command.js";
import { withWorkers } from "../../workers.js";

/** The work of `cryogem postprocess`. */
export const run: Run<typeof postprocessOptions> = async (options, context) => {
  const result = await withWorkers(options.workers, (workers) =>
    postprocessMaps(options, { ...context, workers }),
  );
  if (!context.json) process.stdout.write(postprocessText(result));
  return { ...result };
};
