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
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, JOB_FILES.failure), "");
}
