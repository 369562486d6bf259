import type { poseScoreOptions } from "../../../jobs/pose-score/options.js";
import { summaryOf } from "../../../jobs/pose-score/result.js";
import { scorePoseFiles } from "../../../jobs/pose-score/run.js";
import { poseTable } from "../../../jobs/pose-score/text.js";
import type { Run } from "../../command.js";

/** The work of `cryogem pose score`. */
export const run: Run<typeof poseScoreOptions> = async (options, context) => {
  const result = await scorePoseFiles(options, context);
  if (!context.json) process.stdout.write(`${poseTable(result)}${result.protocol}\n`);
  if (options.out !== undefined) context.report.note(`${options.out}: tables and angles.svg`);
  return { ...(options.out !== undefined && { out: options.out }), ...summaryOf(result) };
};
