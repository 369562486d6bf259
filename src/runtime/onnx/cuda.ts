import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-common";
import { UnsupportedError } from "../../core/errors.js";
import type { ComputeRuntime } from "../../core/ports.js";
import { compile, input, neg } from "../../tensor/index.js";
import { loadOnHost } from "./host.js";
import { HOW_TO_ADD, nativeFolder, onnxFolder, openLibrary } from "./library.js";
import { hostTensor } from "./tensors.js";

/** Where onnxruntime-node looks for the library that its package does not bring along. */
const libraryPath = (): string => join(nativeFolder(), "libonnxruntime_providers_cuda.so");

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
      process.platform === "linux" && process.arch === "x64" ? notInstalled() : NOT_MADE,
    );
  }
  const library = openLibrary();
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

/** The package onnxruntime-node downloads the library when it is installed, or later by its script. */
function notInstalled(): string {
  const { folder, bundled } = onnxFolder();
  const script = `node ${join(folder, "script/install.js")} --onnxruntime-node-install`;
  return (
    "cuda: found no libonnxruntime_providers_cuda.so in onnxruntime-node, expected it, CUDA 12 and cuDNN 9: " +
    `${bundled ? HOW_TO_ADD : script}, or take --device webgpu`
  );
}
const NOT_MADE =
  `cuda: ONNX Runtime for Node has it for linux x64 only, found ${process.platform} ${process.arch}, expected ` +
  "--device webgpu";
