import type { pickScoreOptions } from "../../../jobs/pick-score/options.js";
import { summaryOf } from "../../../jobs/pick-score/result.js";
import { scorePicks } from "../../../jobs/pick-score/run.js";
import { scoreTable } from "../../../jobs/pick-score/text.js";
import type { Run } from "../../command.js";

/** The work of `cryogem pick score`. */
export const run: Run<typeof pickScoreOptions> = async (options, context) => {
  const result = await scorePicks(options, context);
  if (!context.json) process.stdout.write(`${scoreTable(result)}${result.protocol}\n`);
  if (options.out !== undefined) context.report.note(`${options.out}: tables and precision-recall.svg`);
  return { ...(options.out !== undefined && { out: options.out }), ...summaryOf(result) };
};
