import { join } from "node:path";
import { JOB_FILES } from "../jobs/relion/run.js";
import { nodeFiles } from "../runtime/files.js";

/**
 * Tells RELION that a job of its failed, whatever the reason: without this it would show the job as running for ever. A job that
 * was stopped has said so itself.
 *
 * @param words of the command line
 */
export async function tellRelionOfFailure(words: readonly string[]): Promise<void> {
  const at = words.indexOf("--o");
  const folder = at < 0 ? undefined : words[at + 1];
  if (!folder) return;
  try {
    await nodeFiles.write(join(folder, JOB_FILES.failure), "");
  } catch (error) {
    // what the job itself failed of is said after this
    process.stderr.write(`warning: ${error instanceof Error ? error.message : error}\n`);
  }
}
