import { FileError } from "../../core/errors.js";

/** What a program said and how it ended; a program that is not there ends with 127. */
export interface ProgramResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end. */
export type RunProgram = (program: string, words: readonly string[]) => Promise<ProgramResult>;

/** Slurm's own default, for where there is none to be asked. */
const MOST_TASKS = 1001;

/** Submits a script. @returns the number of the job @throws FileError with what sbatch says */
export async function sbatch(run: RunProgram, words: readonly string[]): Promise<string> {
  const { code, output, errors } = await run("sbatch", words);
  // the number, and on a federation the cluster behind a semicolon
  const id = output.trim().split(";")[0]!;
  if (code === 0 && /^\d+$/.test(id)) return id;
  const said = code === 127 ? "no such program" : (errors || output).trim() || `exit code ${code}`;
  throw new FileError("sbatch", said, "a job of Slurm");
}

/** The largest number of tasks that an array of jobs may have: its numbers stay below MaxArraySize. */
export async function mostTasks(run: RunProgram): Promise<number> {
  const { output } = await run("scontrol", ["show", "config"]);
  const limit = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(output)?.[1] ?? MOST_TASKS);
  return Math.max(1, limit - 1);
}

/** One job or task in the queue. */
export interface QueuedJob {
  /** As 12_3 for task 3 of the array 12. */
  readonly id: string;
  /** As PENDING, RUNNING, COMPLETED. */
  readonly state: string;
  /** Why it does not run. */
  readonly reason: string;
}

/** States from which a job may still come to work; all others are its end (squeue's manual, "JOB STATE CODES"). */
const UNFINISHED: ReadonlySet<string> = new Set([
  ...["PENDING", "RUNNING", "SUSPENDED", "CONFIGURING", "COMPLETING", "RESIZING"],
  ...[
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "SIGNALING",
    "SPECIAL_EXIT",
    "STAGE_OUT",
    "STOPPED",
    "RESV_DEL_HOLD",
  ],
]);

export const isUnfinished = ({ state }: QueuedJob): boolean => UNFINISHED.has(state);

/**
 * The tasks of jobs that Slurm still knows: those at work or in the queue, and for some minutes those that ended.
 *
 * @throws FileError where Slurm does not answer
 */
export async function queuedJobs(run: RunProgram, ids: readonly string[]): Promise<readonly QueuedJob[]> {
  const jobs: QueuedJob[] = [];
  // one at a time: of several, one that is forgotten hides the others
  for (const id of ids) {
    const { code, output, errors } = await run("squeue", [
      "-h",
      "-r",
      "-t",
      "all",
      "-j",
      id,
      "-o",
      "%i|%T|%r",
    ]);
    if (code !== 0 && !/Invalid job id/i.test(errors)) {
      throw new FileError("squeue", errors.trim() || `exit code ${code}`, "the jobs in Slurm's queue");
    }
    for (const line of output.split("\n")) {
      const [task, state, reason = ""] = line.trim().split("|");
      if (task && state) jobs.push({ id: task, state, reason });
    }
  }
  return jobs;
}
