import { inside } from "../../../dataset/layout.js";
import type { relionOptions } from "../../../jobs/relion/options.js";
import { planRelionJob } from "../../../jobs/relion/plan.js";
import { JOB_FILES, runRelionJob } from "../../../jobs/relion/run.js";
import type { CommandContext, Run } from "../../command.js";
import { entryOf } from "../../project.js";

/** The work of `cryogem relion`. Failures are told to RELION where the program ends (`relion-failure.ts`), wrong usage among them. */
export const run: Run<typeof relionOptions> = async (options, context) => {
  const { files } = context;
  const folder = options.o;
  // what an earlier run of the job left
  for (const name of [JOB_FILES.success, JOB_FILES.failure, JOB_FILES.aborted, JOB_FILES.abort]) {
    await files.remove(inside(folder, name));
  }
  const plan = planRelionJob(options);
  const { threshold, device, j } = options;
  const quiet = { ...context, json: false };
  const abort = await watchForAbort(inside(plan.folder, JOB_FILES.abort), context);
  try {
    const nodes = await runRelionJob(plan, {
      ...context,
      signal: abort.signal,
      pick: (inputs) =>
        entryOf(context, "pick run").perform(
          {
            ...inputs,
            ...(threshold !== undefined && { threshold }),
            ...(device !== undefined && { device }),
            ...(j !== undefined && { workers: j, threads: j }),
          },
          { ...quiet, signal: abort.signal },
        ),
      refine: (inputs) =>
        entryOf(context, "refine").perform(
          { ...inputs, ...(j !== undefined && { workers: j }) },
          { ...quiet, signal: abort.signal },
        ),
    });
    await files.write(inside(folder, JOB_FILES.success), "");
    return { out: folder, nodes };
  } catch (error) {
    if (abort.signal.aborted) await files.write(inside(folder, JOB_FILES.aborted), "");
    throw error;
  } finally {
    abort.stop();
  }
};

/** Aborts when the program is interrupted, or within a second of RELION's wish. */
async function watchForAbort(path: string, { files, signal }: CommandContext) {
  const controller = new AbortController();
  const look = setInterval(async () => {
    if (await files.exists(path)) controller.abort();
  }, 1000);
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    stop: () => clearInterval(look),
  };
}
