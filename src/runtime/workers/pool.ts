import { Worker } from "node:worker_threads";
import type { MapOptions, TaskInput, TaskName, TaskOptions, TaskOutput } from "../../core/ports.js";
import { unpackError } from "./errors.js";
import { Gate } from "./gate.js";
import type { Order, Reply, WorkerStart } from "./messages.js";
import { shareArrays } from "./share.js";

// run from TypeScript sources (as tests do), threads still need the built worker
const WORKER = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/runtime/workers/worker.js", import.meta.url)
  : new URL("./worker.js", import.meta.url);

/** Threads that each take the next input when they are free. Not reusable after `stop`. */
export class Pool {
  private readonly gate = new Gate();
  private readonly threads: readonly Worker[];
  private turn: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(count: number) {
    const start: WorkerStart = { gate: this.gate.buffer };
    this.threads = Array.from({ length: count }, () => {
      const thread = new Worker(WORKER, { workerData: start });
      thread.setMaxListeners(0);
      // an idle pool does not keep the program alive, and its failures are met when it is next asked
      thread.on("error", () => {});
      thread.unref();
      return thread;
    });
  }

  /** As Workers.map; calls wait for one another. */
  map<Name extends TaskName>(
    task: Name,
    inputs: readonly TaskInput<Name>[],
    options: TaskOptions<Name>,
  ): Promise<TaskOutput<Name>[]> {
    const result = this.turn.then(() => this.run<TaskOutput<Name>>(task, inputs, options));
    this.turn = result.catch(() => {});
    return result;
  }

  /** Ends the threads, letting file writes in progress finish. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.gate.close();
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private async run<Output>(
    task: TaskName,
    inputs: readonly unknown[],
    { signal, onResult, shared }: MapOptions<Output>,
  ): Promise<Output[]> {
    signal.throwIfAborted();
    if (this.stopped) throw new Error("the worker pool was stopped");
    const outputs = new Array<Output>(inputs.length);
    const begin = { task, shared: shareArrays(shared) };
    const failures: { readonly index: number; readonly error: unknown }[] = [];
    let next = 0;
    const lane = async (thread: Worker): Promise<void> => {
      let index = -1;
      try {
        // the first order says what to do as well: it is carried out even while this thread computes
        for (let first = true; next < inputs.length && failures.length === 0; first = false) {
          index = next++;
          const order: Order = { input: inputs[index], ...(first && { begin }) };
          const output = (await ask(thread, order)) as Output;
          outputs[index] = output;
          onResult?.(output, index);
        }
      } catch (error) {
        failures.push({ index, error });
      }
    };
    const abort = (): void => void this.stop();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.all(this.threads.slice(0, inputs.length).map(lane));
    } finally {
      signal.removeEventListener("abort", abort);
    }
    signal.throwIfAborted();
    // the others have finished what they were at: nothing is written after this
    const first = failures.sort((a, b) => a.index - b.index)[0];
    if (first) throw first.error;
    return outputs;
  }
}

/** Sends an order and waits for its answer. */
function ask(thread: Worker, order: Order): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      thread.off("message", answered).off("error", reject_).off("exit", ended);
      thread.unref();
      action();
    };
    const answered = (reply: Reply): void =>
      settle(() => (reply.error ? reject(unpackError(reply.error)) : resolve(reply.output)));
    const reject_ = (error: unknown): void => settle(() => reject(error));
    const ended = (code: number): void =>
      settle(() => reject(new Error(`a worker thread ended by itself, with code ${code}`)));
    thread.on("message", answered).on("error", reject_).on("exit", ended);
    thread.ref();
    thread.postMessage(order);
  });
}
