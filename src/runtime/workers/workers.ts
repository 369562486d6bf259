import { availableParallelism } from "node:os";
import type { MapOptions, Workers } from "../../core/ports.js";
import { loadTask } from "../../jobs/tasks.js";
import { nodeFiles } from "../files.js";
import { Pool } from "./pool.js";

/** As many workers as the machine has cores for. */
export const defaultWorkerCount = (): number => availableParallelism();

/** Runs every task on the calling thread, one input after another. */
export function inlineWorkers(): Workers {
  return {
    count: 1,
    async map<Input, Output>(name: string, inputs: readonly Input[], options: MapOptions<Output>) {
      const task = await loadTask(name);
      const outputs: Output[] = [];
      for (const [index, input] of inputs.entries()) {
        // a turn of the event loop between inputs, so that signals are heard
        await new Promise((resolve) => setTimeout(resolve, 0));
        options.signal.throwIfAborted();
        const output = (await task(input, options.shared, nodeFiles)) as Output;
        outputs.push(output);
        options.onResult?.(output, index);
      }
      return outputs;
    },
    close: async () => {},
  };
}

/** A fixed pool of threads, started at the first task. @param count threads, 1 or more */
export function threadWorkers(count: number): Workers {
  let pool: Pool | undefined;
  return {
    count,
    map<Input, Output>(name: string, inputs: readonly Input[], options: MapOptions<Output>) {
      pool ??= new Pool(count);
      return pool.map<Input, Output>(name, inputs, options);
    },
    close: async () => {
      await pool?.stop();
      pool = undefined;
    },
  };
}
