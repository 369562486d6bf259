import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JOB_FILES } from "../jobs/relion/run.js";

/**
 * Tells RELION that a job of its failed, whatever the reason: without this it would show the job as running for ever. A job that
 * was stopped has said so itself.
 *
 * @param words of the command line
 */
export function tellRelionOfFailure(words: readonly string[]): void {
  const at = words.indexOf("--o");
  const folder = at < 0 ? undefined : words[at + 1];
  if (!folder) return;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, JOB_FILES.failure), "");
  } catch (error) {
    // what the job itself failed of is said after this
    process.stderr.write(
      `warning: ${JOB_FILES.failure}: ${error instanceof Error ? error.message : error}\n`,
    );
  }
}
