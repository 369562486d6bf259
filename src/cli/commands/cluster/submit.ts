import type { submitOptions } from "../../../jobs/submit/options.js";
import { planSubmission } from "../../../jobs/submit/plan.js";
import { describeSubmission, standingOf, submit } from "../../../jobs/submit/run.js";
import { standingText } from "../../../jobs/submit/standing.js";
import { waitForJobs } from "../../../jobs/submit/wait.js";
import type { Run } from "../../command.js";
import { parseWords } from "../../parse-words.js";
import { submitContext } from "../../submit-stages.js";

/** The work of `cryogem submit`. */
export const run: Run<typeof submitOptions> = async (options, context) => {
  const { report } = context;
  const surroundings = submitContext(context);
  if (options.status === undefined) {
    const plan = planSubmission(options, (words) => parseWords(words, context));
    if (!plan.shares) report.note(`${plan.command} is one job`);
    if (options.dryRun) {
      const text = await describeSubmission(plan, surroundings);
      if (!context.json) process.stdout.write(text);
      return { text };
    }
    const standing = await submit(plan, surroundings);
    if (!options.wait) {
      report.note(standingText(standing));
      return { ...standing };
    }
    report.note(`${standing.folder}: job ${standing.job ?? "none"}, join ${standing.join ?? "none"}`);
    return { ...(await waitForJobs(plan.folder, surroundings)) };
  }
  const standing = await standingOf(options.status, surroundings);
  if (!context.json) process.stdout.write(`${standingText(standing)}\n`);
  return options.wait ? { ...(await waitForJobs(options.status, surroundings)) } : { ...standing };
};
