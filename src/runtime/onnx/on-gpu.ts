import type { InferenceSession } from "onnxruntime-common";

/** Every node on the GPU: a node on the CPU would fetch its operands and send its result in every run. */
export const ON_GPU: InferenceSession.SessionOptions = {
  executionProviders: ["webgpu"],
  extra: { session: { disable_cpu_ep_fallback: "1" } },
  // errors are thrown; they need not be printed as well
  logSeverityLevel: 4,
};
