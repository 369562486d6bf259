import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { ComputeRuntime } from "../../core/ports.js";
import type { OnnxLibrary } from "./library.js";
import { ON_GPU } from "./on-gpu.js";
import { byName, type Feeds, hostTensor, uploaded, type Wanted } from "./tensors.js";

/** What is used of onnxruntime-web. */
export type WebLibrary = Pick<OnnxLibrary, "Tensor" | "InferenceSession">;

const IN_WEBASSEMBLY: InferenceSession.SessionOptions = {
  executionProviders: ["wasm"],
  // errors are thrown; they need not be printed as well
  logSeverityLevel: 4,
};

/**
 * ONNX Runtime of a browser. Its results are new arrays of the host: what is given to be written into is not used. On the GPU
 * a graph with an operation that the GPU cannot compute is refused when it is loaded.
 *
 * @param library onnxruntime-web, which knows where its WebAssembly is; for the GPU its build with WebGPU
 */
export function webRuntime(library: WebLibrary, device: "cpu" | "webgpu"): ComputeRuntime<Tensor> {
  const isGpu = device === "webgpu";
  return {
    device,
    tensorsOnHost: true,
    description: isGpu ? "ONNX Runtime on the GPU, through WebGPU" : "ONNX Runtime in WebAssembly",
    async load(model) {
      const session = await library.InferenceSession.create(model, isGpu ? ON_GPU : IN_WEBASSEMBLY);
      return {
        run: (feeds: Feeds, wanted: Wanted = session.outputNames) =>
          session.run(uploaded(library, feeds), Object.keys(byName(wanted))),
        close: () => session.release(),
      };
    },
    toHost: async (tensor) => hostTensor(tensor),
    dispose: (tensor) => tensor.dispose(),
  };
}
