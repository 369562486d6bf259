import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-node";
import { UnsupportedError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { compile, input, neg } from "../../tensor/index.js";
import { loadOnHost } from "./host.js";
import { hostTensor } from "./tensors.js";

/** Where onnxruntime-node looks for the library that its package does not bring along. */
const libraryPath = (): string => {
  const { resolve } = createRequire(import.meta.url);
  const folder = join(resolve("onnxruntime-node/package.json"), "..", "bin/napi-v6");
  return join(folder, process.platform, process.arch, "libonnxruntime_providers_cuda.so");
};

/** Whether ONNX Runtime's library for CUDA has been installed; a card and its driver may still be missing. */
export const hasCudaLibrary = (): boolean => existsSync(libraryPath());

/**
 * ONNX Runtime on an NVIDIA card through CUDA. onnxruntime-node 1.30 has device memory for WebGPU only: what is fed and what comes
 * out crosses the bus in every run.
 *
 * @throws UnsupportedError where the library, a card, its driver, CUDA or cuDNN is missing
 */
export async function openOnnxCuda(): Promise<ComputeRuntime<Tensor>> {
  if (!hasCudaLibrary()) {
    throw new UnsupportedError(
      process.platform === "linux" && process.arch === "x64" ? NOT_INSTALLED : NOT_MADE,
    );
  }
  const library = await import("onnxruntime-node");
  const options = { executionProviders: ["cuda"] };
  try {
    const probe = await loadOnHost(library, compile({ y: neg(input("x", [1])) }).model, options);
    await probe.run({ x: { dtype: "float32", dims: [1], data: Float32Array.of(1) } });
    await probe.close();
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n", 1)[0]! : String(error);
    throw new UnsupportedError(
      `cuda: found no card that computes (${reason}), expected an NVIDIA card with its driver, CUDA 12 and cuDNN 9`,
    );
  }
  return {
    device: "cuda",
    tensorsOnHost: true,
    description: "ONNX Runtime on the GPU, through CUDA",
    load: (model) => loadOnHost(library, model, options),
    toHost: async (tensor) => hostTensor(tensor),
    dispose: (tensor) => tensor.dispose(),
  };
}

const NOT_INSTALLED =
  "cuda: found no libonnxruntime_providers_cuda.so in onnxruntime-node, expected it, CUDA 12 and cuDNN 9: " +
  "ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node, or take --device webgpu";
const NOT_MADE = `cuda: ONNX Runtime for Node has it for linux x64 only, found ${process.platform} ${process.arch}, expected --device webgpu`;
