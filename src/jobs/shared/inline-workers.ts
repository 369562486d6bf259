import type { Files, TaskInput, TaskName, TaskOptions, TaskOutput, Workers } from "../../core/ports.js";
import { loadTask } from "../tasks.js";

/**
 * Runs every task on the calling thread, one input after another: for a browser, and where threads are not worth their start.
 *
 * @param files what the tasks read and write
 */
export function inlineWorkers(files: Files): Workers {
  return {
    count: 1,
    async map<Name extends TaskName>(
      name: Name,
      inputs: readonly TaskInput<Name>[],
      options: TaskOptions<Name>,
    ): Promise<TaskOutput<Name>[]> {
      const task = await loadTask(name);
      const outputs: TaskOutput<Name>[] = [];
      for (const [index, input] of inputs.entries()) {
        // a turn of the event loop between inputs, so that signals are heard
        await new Promise((resolve) => setTimeout(resolve, 0));
        options.signal.throwIfAborted();
        const output = (await task(input, options.shared, files)) as TaskOutput<Name>;
        outputs.push(output);
        options.onResult?.(output, index);
      }
      return outputs;
    },
    close: async () => {},
  };
}
