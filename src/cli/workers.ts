import type { Report, Workers } from "../core/ports.js";
import type { DatasetManifest } from "../dataset/records.js";
import type { Assignment, ShardDone } from "../jobs/shared/share.js";
import { defaultWorkerCount, threadWorkers } from "../runtime/workers/workers.js";

/** Runs work on a pool of threads, one a core unless told, and ends the pool. */
export async function withWorkers<T>(
  count: number | undefined,
  work: (workers: Workers) => Promise<T>,
): Promise<T> {
  const workers = threadWorkers(count ?? defaultWorkerCount());
  try {
    return await work(workers);
  } finally {
    await workers.close();
  }
}

/** Whether a command does one share only. */
export const isShard = ({ share }: Assignment): boolean => share.kind === "shard";

/** Says that a share is done, and what comes when all are. @returns the result of the command */
export function tellShard({ out, micrographs }: ShardDone, report: Report) {
  report.note(
    `${out}: this share's ${micrographs} micrographs are there; when all shares are, cryogem join ${out}`,
  );
  return { out, micrographs };
}

/** Says that a dataset is there. @returns the result of the command */
export function tellDataset(out: string, { micrographs, particles }: DatasetManifest, report: Report) {
  report.note(`${out}: ${micrographs.length} micrographs, ${particles} particles`);
  return { out, micrographs: micrographs.length, particles };
}
