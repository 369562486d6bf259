import type { JobContext, Report } from "../core/ports.js";
import { nodeFiles } from "./files.js";
import { machineMemory } from "./memory.js";
import { jsonReport, terminalReport } from "./terminal.js";

export interface ContextOptions {
  /** Reports as JSON lines on standard output instead of text on standard error. */
  readonly json?: boolean;
}

/** Signals after which a job stops cleanly, so that it can be continued. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a job with the machine's files, a report on this terminal, and a signal that aborts on Ctrl-C, SIGTERM or SIGHUP
 * (the terminal is gone). The job then throws the signal's AbortError; a second Ctrl-C ends the program at once, as the
 * system would.
 */
export async function withContext<T>(
  { json = false }: ContextOptions,
  job: (context: JobContext) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => {
    restore();
    controller.abort();
  };
  const restore = (): void => {
    for (const name of STOPPING) process.off(name, interrupt);
  };
  for (const name of STOPPING) process.on(name, interrupt);
  const now = (): number => performance.now();
  const report: Report = json ? jsonReport(process.stdout, now) : terminalReport(process.stderr, now);
  try {
    return await job({ files: nodeFiles, report, signal: controller.signal, now, memory: machineMemory() });
  } finally {
    restore();
  }
}
