import type { Files } from "../core/ports.js";

/**
 * Work that may run on a worker thread: a pure function of its input and of what all calls share, apart from the files
 * that it writes. Inputs and outputs cross threads by structured clone: plain data and typed arrays only.
 */
export type Task<Input, Shared, Output> = (
  input: Input,
  shared: Shared,
  files: Files,
) => Output | Promise<Output>;

/** Any task, as the registry holds it: its caller knows the types. */
export type AnyTask = Task<never, never, unknown>;

/** Every task by name, loaded when first asked for, so that a worker reads only the modules it needs. */
export const tasks: Readonly<Record<string, () => Promise<AnyTask>>> = {
  "bin-micrograph": async () => (await import("./bin/micrograph.js")).binMicrographTask,
  "check-micrograph": async () => (await import("./check/micrograph.js")).checkMicrographTask,
  "estimate-micrograph": async () => (await import("./estimate/micrograph.js")).estimateMicrographTask,
  "hash-file": async () => (await import("./shared/hash-file.js")).hashFile,
  "local-resolution": async () => (await import("./postprocess/tasks.js")).localResolutionTask,
  "pick-micrograph": async () => (await import("./pick-run/micrograph.js")).pickMicrographTask,
  "profile-micrograph": async () => (await import("./evaluate/micrograph.js")).profileMicrographTask,
  "randomised-curve": async () => (await import("./postprocess/tasks.js")).randomisedCurveTask,
  "training-data": async () => (await import("./train/data.js")).trainingDataTask,
  "simulate-micrograph": async () => (await import("./simulate/micrograph.js")).simulateMicrographTask,
};

/** The task of a name. */
export async function loadTask(name: string): Promise<Task<unknown, unknown, unknown>> {
  const load = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!load) throw new Error(`no task "${name}" in src/jobs/tasks.ts`);
  return (await load()) as Task<unknown, unknown, unknown>;
}
