/** What the rooms from core to jobs are handed instead of touching the machine; src/runtime implements these. */

/** Files and folders. Every method throws FileError, naming the path, where the machine refuses. */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** Bytes [start, end) of a file, for headers of large files. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  size(path: string): Promise<number>;
  /**
   * Appears whole or not at all: written aside under a hidden name that ends in .partial, then renamed. Makes parent
   * folders. Pieces are written as they come.
   */
  write(path: string, bytes: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** Tries whether something could be written at a path, before the work that makes it; leaves nothing there. */
  tryWriting(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
  /** Gives a file or folder another name on the same file system. */
  move(path: string, to: string): Promise<void>;
  /**
   * Takes a lock, a file that names this process, and returns what gives it back. UsageError names a process that holds it;
   * a lock whose process has ended is taken over.
   */
  lock(path: string): Promise<() => Promise<void>>;
  /** Removes a lock whose process has ended, if there is one. UsageError names a process that holds it. */
  clearLock(path: string): Promise<void>;
  /** Removes what killed processes had written aside, in a folder and all below it. Nobody else may be writing there. */
  sweep(folder: string): Promise<void>;
  sha256(path: string): Promise<string>;
  /** A text that changes when a file is written again or replaced: its size, times and number on its file system. */
  version(path: string): Promise<string>;
}

/** One step of a long job: shown as `stage: done/total unit` with a rate, or as a line of JSON. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Figures of the moment, as a loss. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Receives what a job has to say while it runs. */
export interface Report {
  progress(event: Progress): void;
  /** A fact the user should know now, one line. */
  note(line: string): void;
  /** Something that works but is probably not what was wanted. */
  warn(line: string): void;
}

/**
 * Work that may run on a worker thread: a pure function of its input and of what all calls share, apart from the files
 * that it writes. Inputs and outputs cross threads by structured clone: plain data and typed arrays only.
 */
export type Task<Input, Shared, Output> = (
  input: Input,
  shared: Shared,
  files: Files,
) => Output | Promise<Output>;

/** Every task by name. src/jobs/tasks.ts fills it in, so that nothing below the jobs needs to know them. */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled in by declaration merging
export interface Tasks {}

export type TaskName = keyof Tasks & string;
export type TaskInput<Name extends TaskName> =
  Tasks[Name] extends Task<infer Input, never, unknown> ? Input : never;
/** What all calls of a task share. */
export type TaskShared<Name extends TaskName> =
  Tasks[Name] extends Task<never, infer Shared, unknown> ? Shared : never;
export type TaskOutput<Name extends TaskName> =
  Tasks[Name] extends Task<never, never, infer Output> ? Awaited<Output> : never;

export interface MapOptions<Output> {
  readonly signal: AbortSignal;
  readonly onResult?: (output: Output, index: number) => void;
  /** Handed to every call of the task; sent once to each worker, large arrays without a copy. Read only. */
  readonly shared?: unknown;
}

/** What `Workers.map` takes beside the inputs of a task; what its calls share is left out only if they share nothing. */
export type TaskOptions<Name extends TaskName> = MapOptions<TaskOutput<Name>> &
  (undefined extends TaskShared<Name> ? unknown : { readonly shared: TaskShared<Name> });

/** Runs a named pure task of src/jobs/tasks.ts over many inputs, on as many workers as were asked for. */
export interface Workers {
  readonly count: number;
  /** Results arrive in the order of the inputs, whatever the workers' order. */
  map<Name extends TaskName>(
    task: Name,
    inputs: readonly TaskInput<Name>[],
    options: TaskOptions<Name>,
  ): Promise<TaskOutput<Name>[]>;
  close(): Promise<void>;
}

/** A dense array at the boundary of a compiled graph. */
export interface HostTensor {
  readonly dtype: "float32" | "int32" | "bool";
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A compiled graph on a device. Outputs named in `keepOnDevice` stay there and can be fed back. */
export interface ComputeSession<DeviceTensor> {
  /**
   * Computes the outputs asked for: by name, or by name with a tensor that is given up for the result (null: none is). A
   * CPU writes into that tensor, or array of the host, and returns it, a GPU frees it: use what is returned. A tensor that is
   * fed may be given up only if nothing else reads it later.
   */
  run(
    feeds: Readonly<Record<string, HostTensor | DeviceTensor>>,
    outputs?: readonly string[] | Readonly<Record<string, DeviceTensor | HostTensor | null>>,
  ): Promise<Record<string, DeviceTensor>>;
  close(): Promise<void>;
}

/** ONNX Runtime on some device. DeviceTensor is opaque: read it back with `toHost`, free it with `dispose`. */
export interface ComputeRuntime<DeviceTensor = unknown> {
  readonly device: "cpu" | "cuda" | "webgpu";
  /** Whether tensors are arrays of the host: outputs may be given arrays to be written into, and nothing stays on a device. */
  readonly tensorsOnHost: boolean;
  readonly description: string;
  load(
    model: Uint8Array,
    options?: { readonly keepOnDevice?: readonly string[] },
  ): Promise<ComputeSession<DeviceTensor>>;
  toHost(tensor: DeviceTensor): Promise<HostTensor>;
  dispose(tensor: DeviceTensor): void;
}

/** What every job receives beside its plan. */
export interface JobContext {
  readonly files: Files;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Milliseconds since an arbitrary origin, monotonic. */
  readonly now: () => number;
  /** Bytes of memory that the machine lends to the program; absent: not known. */
  readonly memory?: number;
}
