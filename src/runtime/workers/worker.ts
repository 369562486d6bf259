// A worker thread of runtime/workers/pool.ts: runs one named task over the inputs it is sent.
import { parentPort, workerData } from "node:worker_threads";
import type { Files, Task } from "../../core/ports.js";
import { loadTask } from "../../jobs/tasks.js";
import { nodeFiles } from "../files.js";
import { packError } from "./errors.js";
import { Gate } from "./gate.js";
import type { Order, Reply, WorkerStart } from "./messages.js";

const port = parentPort;
if (!port) throw new Error("runtime/workers/worker.js runs as a worker thread only");
const gate = new Gate((workerData as WorkerStart).gate);

/** Files whose writes can be fenced off, so that the thread is never stopped in the middle of one. */
const files: Files = {
  ...nodeFiles,
  write: (path, bytes) => gate.pass(() => nodeFiles.write(path, bytes)),
  append: (path, text) => gate.pass(() => nodeFiles.append(path, text)),
};

let task: Task<unknown, unknown, unknown> | undefined;
let shared: unknown;

async function carryOut(order: Order): Promise<Reply> {
  try {
    if (order.begin) {
      shared = order.begin.shared;
      task = await loadTask(order.begin.task);
    }
    if (!task) throw new Error("a worker was given an input before its task");
    return { output: await task(order.input, shared, files) };
  } catch (error) {
    return { error: packError(error) };
  }
}

port.on("message", (order: Order) => {
  void carryOut(order).then((reply) => port.postMessage(reply));
});
