import type { TaskName } from "../../core/ports.js";
import type { ErrorParcel } from "./errors.js";

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly gate: SharedArrayBuffer;
}

/** What the pool asks of a worker thread; one order at a time. */
export interface Order {
  /** The task of this order and of those that follow. */
  readonly begin?: { readonly task: TaskName; readonly shared: unknown };
  readonly input: unknown;
}

/** What it answers. */
export interface Reply {
  readonly output?: unknown;
  readonly error?: ErrorParcel;
}
