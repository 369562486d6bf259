import type { Task, TaskName, Tasks } from "../core/ports.js";

declare module "../core/ports.js" {
  interface Tasks {
    "bin-micrograph": typeof import("./bin/micrograph.js").binMicrographTask;
    "check-micrograph": typeof import("./check/micrograph.js").checkMicrographTask;
    "classify-insert": typeof import("./classify2d/tasks.js").insertTask;
    "classify-search": typeof import("./classify2d/tasks.js").searchTask;
    "estimate-micrograph": typeof import("./estimate/micrograph.js").estimateMicrographTask;
    "glance-micrograph": typeof import("./check/glance.js").glanceTask;
    "hash-file": typeof import("./shared/hash-file.js").hashFile;
    "initial-map": typeof import("./initial-model/tasks.js").mapTask;
    "initial-step": typeof import("./initial-model/tasks.js").stepTask;
    "initial-survey": typeof import("./initial-model/tasks.js").surveyTask;
    "local-resolution": typeof import("./postprocess/tasks.js").localResolutionTask;
    "pick-micrograph": typeof import("./pick-run/micrograph.js").pickMicrographTask;
    "profile-micrograph": typeof import("./evaluate/micrograph.js").profileMicrographTask;
    "randomised-curve": typeof import("./postprocess/tasks.js").randomisedCurveTask;
    "reconstruct-map": typeof import("./reconstruct/tasks.js").makeMapTask;
    "reconstruct-sums": typeof import("./reconstruct/tasks.js").addParticlesTask;
    "refine-grey-scale": typeof import("./refine/tasks.js").greyScaleTask;
    "refine-insert": typeof import("./refine/tasks.js").insertTask;
    "refine-map": typeof import("./refine/tasks.js").mapTask;
    "refine-search": typeof import("./refine/tasks.js").searchTask;
    "simulate-micrograph": typeof import("./simulate/micrograph.js").simulateMicrographTask;
    "survey-images": typeof import("./shared/particles/survey.js").surveyTask;
    "training-data": typeof import("./train/data.js").trainingDataTask;
  }
}

/** Every task, loaded when first asked for, so that a worker reads only the modules it needs. */
const loaders: { readonly [Name in TaskName]: () => Promise<Tasks[Name]> } = {
  "bin-micrograph": async () => (await import("./bin/micrograph.js")).binMicrographTask,
  "check-micrograph": async () => (await import("./check/micrograph.js")).checkMicrographTask,
  "classify-insert": async () => (await import("./classify2d/tasks.js")).insertTask,
  "classify-search": async () => (await import("./classify2d/tasks.js")).searchTask,
  "estimate-micrograph": async () => (await import("./estimate/micrograph.js")).estimateMicrographTask,
  "glance-micrograph": async () => (await import("./check/glance.js")).glanceTask,
  "hash-file": async () => (await import("./shared/hash-file.js")).hashFile,
  "initial-map": async () => (await import("./initial-model/tasks.js")).mapTask,
  "initial-step": async () => (await import("./initial-model/tasks.js")).stepTask,
  "initial-survey": async () => (await import("./initial-model/tasks.js")).surveyTask,
  "local-resolution": async () => (await import("./postprocess/tasks.js")).localResolutionTask,
  "pick-micrograph": async () => (await import("./pick-run/micrograph.js")).pickMicrographTask,
  "profile-micrograph": async () => (await import("./evaluate/micrograph.js")).profileMicrographTask,
  "randomised-curve": async () => (await import("./postprocess/tasks.js")).randomisedCurveTask,
  "reconstruct-map": async () => (await import("./reconstruct/tasks.js")).makeMapTask,
  "reconstruct-sums": async () => (await import("./reconstruct/tasks.js")).addParticlesTask,
  "refine-grey-scale": async () => (await import("./refine/tasks.js")).greyScaleTask,
  "refine-insert": async () => (await import("./refine/tasks.js")).insertTask,
  "refine-map": async () => (await import("./refine/tasks.js")).mapTask,
  "refine-search": async () => (await import("./refine/tasks.js")).searchTask,
  "simulate-micrograph": async () => (await import("./simulate/micrograph.js")).simulateMicrographTask,
  "survey-images": async () => (await import("./shared/particles/survey.js")).surveyTask,
  "training-data": async () => (await import("./train/data.js")).trainingDataTask,
};

/** The task of a name, to be called with what `Workers.map` was given for that name. */
export async function loadTask(name: TaskName): Promise<Task<unknown, unknown, unknown>> {
  return (await loaders[name]()) as Task<unknown, unknown, unknown>;
}
