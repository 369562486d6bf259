import { FileError } from "../../core/errors.js";
import type { JobContext } from "../../core/ports.js";
import type { RunProgram } from "./slurm.js";
import { readStanding, type Standing } from "./standing.js";

/** What waiting needs. */
export interface WaitContext extends JobContext {
  readonly run: RunProgram;
  /** Waits for some seconds, or until the signal. */
  readonly pause: (seconds: number) => Promise<void>;
}

/** Seconds between two looks at the queue. */
const LOOK = 10;

/**
 * Waits until nothing of a submission is left in the queue.
 *
 * @throws FileError where not all of it has ended well then, AbortError
 */
export async function waitForJobs(folder: string, context: WaitContext): Promise<Standing> {
  for (let isSilent = false; ; await context.pause(LOOK)) {
    context.signal.throwIfAborted();
    const standing = await lookAgain(folder, context, isSilent);
    isSilent = standing === undefined;
    if (!standing) continue;
    const { done, total, unfinished, isComplete, failed } = standing;
    context.report.progress({ stage: "wait", done, total, unit: "shares" });
    if (unfinished > 0) continue;
    if (isComplete) return standing;
    const why = failed.map(({ share, code }) => `${share} with exit code ${code}`).join(", ");
    throw new FileError(
      folder,
      `${done} of ${total} shares and no results put together (${why || "the others were ended from outside"})`,
      "all of it; look into its logs, and submit the same line again",
    );
  }
}

/** How it stands; nothing where Slurm does not answer, as while its controller is started anew. */
async function lookAgain(
  folder: string,
  context: WaitContext,
  isSilent: boolean,
): Promise<Standing | undefined> {
  try {
    return await readStanding(folder, context);
  } catch (error) {
    if (!(error instanceof FileError && error.path === "squeue")) throw error;
    if (!isSilent) context.report.warn(`${error.message}; asking again until it answers`);
    return undefined;
  }
}
