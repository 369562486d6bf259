import { setTimeout as delay } from "node:timers/promises";

/**
 * Counts the file writes in progress on other threads and can close to new ones, so that those threads may be stopped
 * without leaving anything half-written. Lives in shared memory: [closed, writes in progress].
 */
export class Gate {
  private readonly state: Int32Array;

  constructor(readonly buffer = new SharedArrayBuffer(8)) {
    this.state = new Int32Array(buffer);
  }

  /** Runs a write. After closing it never returns: its thread is about to be stopped. */
  async pass<T>(write: () => Promise<T>): Promise<T> {
    Atomics.add(this.state, 1, 1);
    if (Atomics.load(this.state, 0) === 1) {
      Atomics.sub(this.state, 1, 1);
      return new Promise(() => {});
    }
    try {
      return await write();
    } finally {
      Atomics.sub(this.state, 1, 1);
    }
  }

  /** Lets no write begin any more and waits until those under way are over. */
  async close(): Promise<void> {
    Atomics.store(this.state, 0, 1);
    while (Atomics.load(this.state, 1) > 0) await delay(2);
  }
}
