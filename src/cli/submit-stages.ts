import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freeName } from "../jobs/run/run.js";
import { commandWords } from "../jobs/shared/options/line.js";
import type { SubmitOptions } from "../jobs/submit/options.js";
import { planSubmission } from "../jobs/submit/plan.js";
import { type SubmitContext, standingOf, submit } from "../jobs/submit/run.js";
import { type WaitContext, waitForJobs } from "../jobs/submit/wait.js";
import { runProgram } from "../runtime/programs.js";
import type { CommandContext } from "./command.js";
import { parseWords } from "./parse-words.js";
import { entryOf } from "./project.js";

/** What a submission needs of this machine. */
export function submitContext(context: CommandContext): SubmitContext & WaitContext {
  const { signal } = context;
  return {
    ...context,
    run: runProgram,
    program: [process.execPath, resolve(process.argv[1]!)],
    workingFolder: process.cwd(),
    absolute: (path) => resolve(path),
    pause: async (seconds) => sleep(1000 * seconds, undefined, { signal }),
  };
}

/**
 * Does commands as `run` does its stages, but those that have shares as arrays of Slurm's jobs, and waits for them. Jobs of a command
 * that are in the queue already, as after an interruption, are waited for.
 *
 * @param text options of `submit`, as a shell takes them
 * @throws UsageError, OptionError for such that it does not take
 */
export function submitting(
  text: string,
  context: CommandContext,
): (command: string, options: Readonly<Record<string, unknown>>) => Promise<unknown> {
  const { options: given } = parseWords(["submit", ...wordsOf(text)], context);
  const machine = submitContext(context);
  return async (command, options) => {
    const { spec, perform } = entryOf(context, command);
    const words = commandWords(spec, options);
    const plan = planSubmission({ ...(given as SubmitOptions), words }, (each) => parseWords(each, context));
    if (!plan.shares) return perform(options, context);
    const { files, report } = context;
    const isBegun = await files.exists(plan.shares.claimed);
    if (await files.exists(plan.folder)) {
      // of results that are no longer there
      if (!isBegun) await files.move(plan.folder, await freeName(files, plan.folder));
      else if ((await standingOf(plan.folder, machine)).unfinished > 0) {
        report.note(`${plan.folder}: its jobs are in the queue`);
        return waitForJobs(plan.folder, machine);
      }
    }
    const { job, join } = await submit(plan, machine);
    report.note(`${plan.folder}: job ${job ?? "none"}, join ${join ?? "none"}`);
    return waitForJobs(plan.folder, machine);
  };
}

/** The words of a line as a shell splits it, with single quotes about those that hold blanks. */
export const wordsOf = (text: string): readonly string[] =>
  (text.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|\\'/g, (_, inner: string | undefined) => inner ?? "'"),
  );
