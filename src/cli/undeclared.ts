// Commands whose options are still declared for commander alone.
import { Command } from "commander";
import type { JobContext } from "../core/ports.js";
import type { Result } from "./command.js";

/** A command that runs a job: with --json, and with Ctrl-C stopping it cleanly. */
export function jobCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--json", "progress and result as JSON lines on standard output");
}

/**
 * Runs a command's work with this machine's files, terminal and signals.
 *
 * @param work gets a JobContext; what it returns is printed as `{"type":"result", …}` with --json
 */
export async function runJob(
  options: { readonly json?: boolean },
  work: (context: JobContext) => Promise<Result>,
): Promise<void> {
  const { withContext } = await import("../runtime/context.js");
  const result = await withContext(options, work);
  if (options.json) process.stdout.write(`${JSON.stringify({ type: "result", ...result })}\n`);
}
