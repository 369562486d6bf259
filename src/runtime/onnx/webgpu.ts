import proto from "onnx-proto";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { UnsupportedError } from "../../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../../core/ports.js";
import { type OnnxLibrary, openLibrary } from "./library.js";
import { ON_GPU } from "./on-gpu.js";
import { byName, type Feeds, hostTensor, uploaded, type Wanted } from "./tensors.js";

/**
 * ONNX Runtime on a GPU through WebGPU: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS. Outputs in `keepOnDevice`
 * stay in the GPU's memory. A graph with an operation that the GPU cannot compute is refused when it is loaded.
 *
 * @throws UnsupportedError where there is no adapter, or none that computes
 */
export async function openOnnxWebGpu(): Promise<ComputeRuntime<Tensor>> {
  const library = openLibrary();
  if (!library.listSupportedBackends().some(({ name }) => name === "webgpu")) {
    throw new UnsupportedError(
      `webgpu: ONNX Runtime for ${process.platform} ${process.arch}: found no WebGPU in it, expected --device cpu`,
    );
  }
  const reader = await openReader(library);
  return {
    device: "webgpu",
    tensorsOnHost: false,
    description: "ONNX Runtime on the GPU, through WebGPU",
    load: (model, { keepOnDevice = [] } = {}) => loadOnGpu(library, model, keepOnDevice),
    toHost: async (tensor) => (tensor.location === "cpu" ? hostTensor(tensor) : reader(tensor)),
    dispose: (tensor) => tensor.dispose(),
  };
}

async function loadOnGpu(
  library: OnnxLibrary,
  model: Uint8Array,
  keepOnDevice: readonly string[],
): Promise<ComputeSession<Tensor>> {
  const session = await library.InferenceSession.create(model, {
    ...ON_GPU,
    preferredOutputLocation: Object.fromEntries(keepOnDevice.map((name) => [name, "gpu-buffer"])),
  });
  return {
    async run(feeds: Feeds, wanted: Wanted = session.outputNames) {
      const given = byName(wanted);
      const names = Object.fromEntries(Object.keys(given).map((name) => [name, null]));
      const results = await session.run(uploaded(library, feeds), names);
      for (const tensor of Object.values(given)) if (tensor && "dispose" in tensor) tensor.dispose();
      return results;
    },
    close: () => session.release(),
  };
}

/**
 * Reads tensors back from the GPU: a session that hands its input on, to the host. (Asking a tensor for its data would end
 * the program: onnxruntime-node 1.30 has no download.) Opening it is the first thing to fail where there is no GPU.
 */
async function openReader(library: OnnxLibrary): Promise<(tensor: Tensor) => Promise<HostTensor>> {
  const sessions = new Map<number, InferenceSession>();
  const sessionFor = async (elemType: number): Promise<InferenceSession> => {
    const known = sessions.get(elemType);
    if (known) return known;
    const opened = await library.InferenceSession.create(copyModel(elemType), {
      executionProviders: ["webgpu"],
      preferredOutputLocation: { y: "cpu" },
      logSeverityLevel: 4,
    });
    sessions.set(elemType, opened);
    return opened;
  };
  const { FLOAT, INT32 } = proto.onnx.TensorProto.DataType;
  try {
    await sessionFor(FLOAT);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n", 1)[0]! : String(error);
    throw new UnsupportedError(
      `webgpu: found no GPU with a working driver (${shortened(reason)}), expected ${NEEDED}`,
    );
  }
  return async (tensor) => {
    const session = await sessionFor(tensor.type === "int32" ? INT32 : FLOAT);
    return hostTensor((await session.run({ x: tensor }))["y"]!);
  };
}

const NEEDED = "one with Vulkan (on Linux: libvulkan.so.1 and the card's driver), Direct3D 12 or Metal";

/** Without the source file and condition that the library puts before what it says. */
const shortened = (reason: string): string => reason.replace(/^.* was false\. /, "");

function copyModel(elemType: number): Uint8Array {
  const value = (name: string) => ({ name, type: { tensorType: { elemType } } });
  const node = [{ opType: "Identity", input: ["x"], output: ["y"] }];
  const graph = { name: "copy", node, input: [value("x")], output: [value("y")] };
  return proto.onnx.ModelProto.encode({ irVersion: 10, opsetImport: [{ version: 21 }], graph }).finish();
}
