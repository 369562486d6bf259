import proto from "onnx-proto";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { UnsupportedError } from "../../core/errors.js";
import type { ComputeSession } from "../../core/ports.js";
import type { OnnxLibrary } from "./library.js";
import { asTensor, byName, type Feeds, uploaded, type Wanted } from "./tensors.js";

/** A session that reads and writes arrays of the host, wherever it computes. @param options say where */
export async function loadOnHost(
  library: OnnxLibrary,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<ComputeSession<Tensor>> {
  const session = await library.InferenceSession.create(withStop(model), {
    ...options,
    enableMemPattern: false,
    enableCpuMemArena: true,
    // errors are thrown; they need not be printed as well
    logSeverityLevel: 4,
  });
  const types = new Map(session.outputMetadata.map((type) => [type.name, type]));
  const names = session.outputNames.filter((name) => name !== STOP);
  return {
    async run(feeds: Feeds, wanted: Wanted = names) {
      const outputs: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(byName(wanted))) {
        outputs[name] = tensor ? asTensor(library, tensor) : empty(library, name, types.get(name));
      }
      await runInto(session, uploaded(library, feeds), outputs);
      return outputs;
    },
    close: () => session.release(),
  };
}

const STOP = "%stop";

/**
 * The model with a first output that onnxruntime-node cannot hand to JavaScript: a list of tensors. It writes every result
 * into the tensor given for it, and then (version 1.30) copies all of them into new buffers for its answer, which for a
 * network's parameters and moments takes 15 % of a training step and a third of its memory. Asked for this output first,
 * it computes, writes, and stops with an error before copying anything.
 */
function withStop(model: Uint8Array): Uint8Array {
  const { FLOAT } = proto.onnx.TensorProto.DataType;
  const graph = {
    initializer: [{ name: `${STOP}:zero`, dataType: FLOAT, dims: [1], floatData: [0] }],
    node: [{ opType: "SequenceConstruct", input: [`${STOP}:zero`], output: [STOP] }],
    output: [{ name: STOP, type: { sequenceType: { elemType: { tensorType: { elemType: FLOAT } } } } }],
  };
  // two protocol buffers one after the other are read as one, their lists joined
  const first = proto.onnx.ModelProto.encode({ graph }).finish();
  const joined = new Uint8Array(first.length + model.length);
  joined.set(first);
  joined.set(model, first.length);
  return joined;
}

/** Computes the outputs into the tensors given for them. */
async function runInto(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
): Promise<void> {
  try {
    await session.run(feeds, { [STOP]: null, ...outputs });
  } catch (error) {
    if (!(error instanceof Error && /^Non tensor type/.test(error.message))) throw error;
  }
}

function empty(
  { Tensor }: OnnxLibrary,
  name: string,
  type: InferenceSession.ValueMetadata | undefined,
): Tensor {
  if (!type?.isTensor || type.shape.some((n) => typeof n !== "number")) {
    const found = type ? "no fixed shape" : "no such output";
    throw new UnsupportedError(`onnx: output '${name}': found ${found}, expected a tensor of known shape`);
  }
  const shape = type.shape as readonly number[];
  const size = shape.reduce((product, n) => product * n, 1);
  if (type.type === "float32") return new Tensor("float32", new Float32Array(size), shape);
  if (type.type === "int32") return new Tensor("int32", new Int32Array(size), shape);
  if (type.type === "bool") return new Tensor("bool", new Uint8Array(size), shape);
  throw new UnsupportedError(`onnx: found an output of type ${type.type}, expected float32, int32 or bool`);
}
