import { availableParallelism } from "node:os";
import type { OnnxValue, Tensor } from "onnxruntime-node";
import { UnsupportedError } from "../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";

export interface OnnxOptions {
  /** Default: all of the machine's. */
  readonly threads?: number;
}

/**
 * ONNX Runtime on the CPU. The native library is loaded on the first call only. `run` computes before it returns:
 * loading data belongs on other threads.
 */
export async function openOnnxCpu({
  threads = availableParallelism(),
}: OnnxOptions = {}): Promise<ComputeRuntime<Tensor>> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const upload = ({ dtype, data, dims }: HostTensor): Tensor => new Tensor(dtype, data, dims);
  return {
    device: "cpu",
    description: `ONNX Runtime on the CPU, ${threads} thread(s)`,
    async load(model): Promise<ComputeSession<Tensor>> {
      const session = await InferenceSession.create(model, {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        enableMemPattern: false,
        enableCpuMemArena: true,
      });
      return {
        async run(feeds, outputs = session.outputNames) {
          const entries = Object.entries(feeds).map(([name, value]) => [
            name,
            isHost(value) ? upload(value) : value,
          ]);
          const results = (await session.run(Object.fromEntries(entries), outputs)) as Record<string, Tensor>;
          // the library returns copies of what it wrote into tensors that were given
          return Array.isArray(outputs) ? results : { ...results, ...given(outputs) };
        },
        close: () => session.release(),
      };
    },
    toHost: async (tensor) => hostTensor(tensor),
    dispose: (tensor) => tensor.dispose(),
  };
}

const given = (outputs: object): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(outputs).filter(([, tensor]) => tensor !== null));

const isHost = (value: HostTensor | OnnxValue): value is HostTensor => "dtype" in value;

function hostTensor({ type, dims, data }: Tensor): HostTensor {
  if (type === "float32") return { dtype: type, dims, data: data as Float32Array };
  if (type === "int32") return { dtype: type, dims, data: data as Int32Array };
  if (type === "bool") return { dtype: type, dims, data: data as Uint8Array };
  throw new UnsupportedError(`onnx: found an output of type ${type}, expected float32, int32 or bool`);
}
