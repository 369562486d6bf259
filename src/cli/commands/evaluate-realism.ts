import { textTable } from "../../evaluate/realism/table.js";
import { IMAGE_EXTENSIONS } from "../../io/read-image.js";
import type { realismOptions } from "../../jobs/evaluate/options.js";
import { planRealism } from "../../jobs/evaluate/plan.js";
import { evaluateRealism } from "../../jobs/evaluate/run.js";
import { expandInputs } from "../../runtime/inputs.js";
import type { Run } from "../command.js";
import { withWorkers } from "../workers.js";

/** The work of `cryogem evaluate realism`. */
export const run: Run<typeof realismOptions> = async (options, context) => {
  const kind = { what: "micrograph", extensions: IMAGE_EXTENSIONS };
  const expand = (paths: readonly string[]) => expandInputs(paths, kind);
  const plan = await planRealism(options, { files: context.files, expand });
  const result = await withWorkers(options.workers, (workers) =>
    evaluateRealism(plan, { ...context, workers }),
  );
  if (!context.json) process.stdout.write(textTable(result));
  context.report.note(`${plan.out}: tables and figures`);
  return { out: plan.out, patches: result.patches, repeats: result.repeats, rows: result.rows };
};
