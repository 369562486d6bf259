import type { Tensor } from "onnxruntime-common";
import type { ComputeRuntime } from "../../core/ports.js";
import type { OnnxLibrary } from "./library.js";
import { byName, type Feeds, hostTensor, uploaded, type Wanted } from "./tensors.js";

/**
 * ONNX Runtime of a browser, which computes in WebAssembly. Its results are new arrays: what is given to be written into is
 * not used.
 *
 * @param library onnxruntime-web, which knows where its WebAssembly is
 */
export function webRuntime(
  library: Pick<OnnxLibrary, "Tensor" | "InferenceSession">,
): ComputeRuntime<Tensor> {
  return {
    device: "cpu",
    tensorsOnHost: true,
    description: "ONNX Runtime in WebAssembly",
    async load(model) {
      const session = await library.InferenceSession.create(model, {
        executionProviders: ["wasm"],
        // errors are thrown; they need not be printed as well
        logSeverityLevel: 4,
      });
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
