import type { Workers } from "../core/ports.js";
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
