import { availableParallelism } from "node:os";
import type { Tensor } from "onnxruntime-common";
import type { ComputeRuntime } from "../../core/ports.js";
import { loadOnHost } from "./host.js";
import { openLibrary } from "./library.js";
import { hostTensor } from "./tensors.js";

export interface OnnxOptions {
  /** Default: all of the machine's. */
  readonly threads?: number;
}

/**
 * ONNX Runtime on the CPU. The native library is loaded on the first call only. `run` computes on the calling thread:
 * loading data belongs on other threads.
 */
export async function openOnnxCpu({
  threads = availableParallelism(),
}: OnnxOptions = {}): Promise<ComputeRuntime<Tensor>> {
  const library = openLibrary();
  const options = { executionProviders: ["cpu"], intraOpNumThreads: threads };
  return {
    device: "cpu",
    tensorsOnHost: true,
    description: `ONNX Runtime on the CPU, ${threads} thread${threads === 1 ? "" : "s"}`,
    load: (model) => loadOnHost(library, model, options),
    toHost: async (tensor) => hostTensor(tensor),
    dispose: (tensor) => tensor.dispose(),
  };
}
