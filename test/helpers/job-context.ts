import type { JobContext, Progress, Workers } from "../../src/core/ports.js";
import { inlineWorkers } from "../../src/jobs/shared/inline-workers.js";
import { nodeFiles } from "../../src/runtime/files.js";

/** A context for jobs in tests: the real files, one worker, and everything reported kept. */
export function jobContext(
  signal: AbortSignal = new AbortController().signal,
  workers: Workers = inlineWorkers(nodeFiles),
) {
  const notes: string[] = [];
  const warnings: string[] = [];
  const progress: Progress[] = [];
  const context: JobContext & { readonly workers: Workers; readonly program: string } = {
    files: nodeFiles,
    report: {
      progress: (event) => progress.push(event),
      note: (line) => notes.push(line),
      warn: (line) => warnings.push(line),
    },
    signal,
    now: () => performance.now(),
    workers,
    program: "cryogem 9.9.9",
  };
  return { context, notes, warnings, progress };
}

/**
 * The context of a job that is interrupted when its progress comes to `stopAt`; never where that is undefined.
 *
 * @param open as `jobContext`
 * @param stage whose progress counts; any, where left out
 */
export function interruptedContext<Context extends JobContext>(
  open: (signal: AbortSignal) => { readonly context: Context },
  stopAt: number | undefined,
  stage?: string,
): Context {
  const controller = new AbortController();
  const { context } = open(controller.signal);
  const progress = (event: Progress): void => {
    if (event.done === stopAt && (stage === undefined || event.stage === stage)) controller.abort();
  };
  return { ...context, report: { ...context.report, progress } };
}
