import { availableParallelism } from "node:os";
import type { Workers } from "../../core/ports.js";
import { Pool } from "./pool.js";

/** As many workers as the machine has cores for. */
export const defaultWorkerCount = (): number => availableParallelism();

/** A fixed pool of threads, started at the first task. @param count threads, 1 or more */
export function threadWorkers(count: number): Workers {
  let pool: Pool | undefined;
  return {
    count,
    map(name, inputs, options) {
      pool ??= new Pool(count);
      return pool.map(name, inputs, options);
    },
    close: async () => {
      await pool?.stop();
      pool = undefined;
    },
  };
}
