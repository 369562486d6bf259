import type { ComputeRuntime, JobContext, Report, Workers } from "../core/ports.js";
import { nodeFiles } from "./files.js";
import { machineMemory } from "./memory.js";
import { type Device, openDevice } from "./onnx/device.js";
import { version } from "./version.js";
import { defaultWorkerCount, threadWorkers } from "./workers/workers.js";

/** What of the machine a job may use. */
export interface NodeContextOptions {
  /** Told of progress, facts and doubts; absent: doubts go to the console's warnings, the rest nowhere. */
  readonly report?: Report;
  /** Stops the job, which then throws its reason; what is there already is continued by the same job later. */
  readonly signal?: AbortSignal;
  /** Threads that share out the work; absent: one a core. The results do not depend on them. */
  readonly workers?: number;
  /** Where networks are computed; absent: on the CPU. */
  readonly device?: Device;
  /** Of the CPU, for networks; absent: one a core. */
  readonly threads?: number;
}

/** Whatever any job needs of Node.js. Started threads are ended by `close`. */
export interface NodeContext extends JobContext {
  readonly workers: Workers;
  readonly program: string;
  /** One device for all jobs that get this context, opened when first asked for. */
  readonly runtime: () => Promise<ComputeRuntime>;
  close(): Promise<void>;
}

/** What a program hands to jobs: this machine's files, threads for the work, and a device for networks. */
export function nodeContext(options: NodeContextOptions = {}): NodeContext {
  const { report = warningsOnly, signal = new AbortController().signal } = options;
  const workers = threadWorkers(options.workers ?? defaultWorkerCount());
  let device: Promise<ComputeRuntime> | undefined;
  return {
    files: nodeFiles,
    report,
    signal,
    now: () => performance.now(),
    memory: machineMemory(),
    workers,
    program: `cryogem ${version}`,
    runtime: () => {
      device ??= openDevice(options, report.note);
      return device;
    },
    close: () => workers.close(),
  };
}

const warningsOnly: Report = {
  progress: () => {},
  note: () => {},
  warn: (line) => console.warn(line),
};
