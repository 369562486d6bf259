import type { JobContext } from "../../core/ports.js";
import { inside } from "../../dataset/layout.js";
import { parseSubmission, SUBMISSION } from "./records.js";
import { isUnfinished, queuedJobs, type RunProgram } from "./slurm.js";

/** How a submission stands. */
export interface Standing {
  readonly folder: string;
  readonly words: readonly string[];
  /** Numbers of Slurm's jobs. */
  readonly job: string | null;
  readonly join: string | null;
  /** Shares; 1 of a command that is one job. */
  readonly total: number;
  /** Of these, that ended well. */
  readonly done: number;
  /** That ended with an error, with their exit codes; 137 is a process that was killed. */
  readonly failed: readonly { readonly share: string; readonly code: number }[];
  /** Tasks and jobs by their state in the queue, as PENDING. */
  readonly queue: Readonly<Record<string, number>>;
  /** Tasks and jobs that may still come to work. */
  readonly unfinished: number;
  /** Whether all of it has ended well, the join too. */
  readonly isComplete: boolean;
}

/** Looks at the queue and at what the tasks left. @throws FileError where Slurm does not answer */
export async function readStanding(
  folder: string,
  { files, run }: Pick<JobContext, "files"> & { readonly run: RunProgram },
): Promise<Standing> {
  const path = inside(folder, SUBMISSION.record);
  const submission = parseSubmission(new TextDecoder().decode(await files.read(path)), path);
  const { words, job, join, shards } = submission;
  // the queue first: what leaves it afterwards has left its word by then
  const queued = await queuedJobs(
    run,
    [job, join].filter((id) => id !== null),
  );
  const waiting = queued.filter(isUnfinished);
  const queue: Record<string, number> = {};
  for (const { state } of waiting) queue[state] = (queue[state] ?? 0) + 1;
  const ended = new Map<string, number>();
  for (const name of await files.list(inside(folder, SUBMISSION.ended))) {
    const [, what, code] = /^(\w+)\.(\d+)$/.exec(name) ?? [];
    if (what && code) ended.set(what, Number(code));
  }
  const shares = [...ended].filter(([what]) => what !== "join");
  const last = shards === null ? "all" : "join";
  return {
    ...{ folder, words, job, join, queue },
    total: shards ?? 1,
    done: shares.filter(([, code]) => code === 0).length,
    failed: [...ended].filter(([, code]) => code !== 0).map(([share, code]) => ({ share, code })),
    unfinished: waiting.length,
    isComplete: ended.get(last) === 0,
  };
}

/** How a submission stands, in words. */
export function standingText({
  folder,
  words,
  job,
  join,
  total,
  done,
  failed,
  queue,
  isComplete,
}: Standing): string {
  const counts = Object.entries(queue).map(([state, count]) => `${count} ${state.toLowerCase()}`);
  const some = failed.slice(0, 10).map(({ share, code }) => `${share} (exit code ${code})`);
  const jobs = [job && `job ${job}`, join && `join ${join}`].filter(Boolean).join(", ");
  return [
    `${folder}: cryogem ${words.join(" ")}`,
    `  ${done} of ${total} shares done${jobs && `; ${jobs}`}; in the queue: ${counts.join(", ") || "nothing"}`,
    ...(some.length > 0 ? [`  failed: ${some.join(", ")}${failed.length > some.length ? ", …" : ""}`] : []),
    ...(isComplete ? ["  complete"] : []),
  ].join("\n");
}
