import proto from "onnx-proto";
import type { Dtype, Shape, TensorType } from "../types.js";

const { onnx } = proto;
type NodeProto = proto.onnx.INodeProto;
type AttributeProto = proto.onnx.IAttributeProto;

/** ONNX operator set. At 23 ONNX Runtime's WebGPU provider loses ConvTranspose. */
const OPSET = 21;
const IR_VERSION = 10;
const INT64 = onnx.TensorProto.DataType.INT64;
const ELEMENT: Readonly<Record<Dtype, number>> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  int32: onnx.TensorProto.DataType.INT32,
};

/** Attributes of a node: whole numbers, lists of them, text, or `float` for what ONNX declares as a float. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | FloatAttribute>>;
interface FloatAttribute {
  readonly float: number;
}
/** An attribute that ONNX declares as a float, even where its value is whole. */
export const float = (value: number): FloatAttribute => ({ float: value });

/** Collects nodes and initialisers, then writes the model's bytes. */
export class GraphBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers = new Map<string, proto.onnx.ITensorProto>();
  private readonly inputs: proto.onnx.IValueInfoProto[] = [];
  private count = 0;

  /** A name that no user's name can equal. */
  fresh(): string {
    return `%${this.count++}`;
  }

  /** @param unsized leaves the length of the first axis open */
  input(name: string, type: TensorType, unsized = false): void {
    const info = valueInfo(name, type);
    if (unsized) info.type!.tensorType!.shape!.dim![0] = {};
    this.inputs.push(info);
  }

  /** Appends a node and returns its first output's name. Absent optional inputs are written "". */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    outputs: readonly string[] = [this.fresh()],
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push({ opType, input: [...inputs], output: [...outputs], attribute });
    return outputs[0]!;
  }

  /** An initialiser of float32 or int32 values; equal small ones are stored once. */
  constant(data: ArrayLike<number>, { shape, dtype }: TensorType): string {
    const values = dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data);
    return this.initializer(ELEMENT[dtype], shape, values, values.length <= 16);
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.constant([value], { shape: [], dtype: "float32" });
  }

  /** A list of int64, as shapes, axes and pads are given. */
  integers(values: readonly number[]): string {
    return this.initializer(INT64, [values.length], BigInt64Array.from(values, BigInt), true);
  }

  /** The serialised model. `outputs` must have been produced by nodes. */
  finish(outputs: Readonly<Record<string, TensorType>>): Uint8Array {
    const model = {
      irVersion: IR_VERSION,
      producerName: "cryogem",
      opsetImport: [{ domain: "", version: OPSET }],
      graph: {
        name: "graph",
        node: this.nodes,
        input: this.inputs,
        output: Object.entries(outputs).map(([name, type]) => valueInfo(name, type)),
        initializer: [...this.initializers.values()],
      },
    };
    return onnx.ModelProto.encode(model).finish();
  }

  private initializer(
    dataType: number,
    shape: Shape,
    values: Float32Array | Int32Array | BigInt64Array,
    shared: boolean,
  ): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const key = shared ? `%c${dataType}[${shape}]${rawData}` : this.fresh();
    if (!this.initializers.has(key)) {
      this.initializers.set(key, { name: key, dataType, dims: [...shape], rawData });
    }
    return key;
  }
}

function valueInfo(name: string, { shape, dtype }: TensorType): proto.onnx.IValueInfoProto {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: ELEMENT[dtype], shape: { dim } } } };
}

function attributeProto(name: string, value: Attributes[string]): AttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string")
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}
