import type { ComputeRuntime } from "../../../src/core/ports.js";
import { openOnnxWebGpu } from "../../../src/runtime/onnx/webgpu.js";

const opened = await openOnnxWebGpu().catch((error: Error) => error);
const failure = opened instanceof Error ? opened.message : undefined;

/** Whether there is no GPU here, hard or soft; why, to be added to the names of tests that are skipped. */
export const isMissing = failure !== undefined;
export const reason = isMissing
  ? ` (skipped: ${failure}; Debian's package chromium-common has a software GPU)`
  : "";

/** Loading refuses a graph of which any node would fall back to the CPU. */
export const gpu = opened as ComputeRuntime<unknown>;
