import proto from "onnx-proto";
import { generatorNetwork, planesOf } from "../nn/generator.js";
import { Scope } from "../nn/scope.js";
import { compile, constant, input } from "../tensor/index.js";
import type { TrainingState } from "../train/state.js";
import { generatorOptions } from "./generator-runner.js";
import type { CryogemOptions } from "./options.js";

const { onnx } = proto;
type Graph = proto.onnx.IGraphProto;
type Node = proto.onnx.INodeProto;

const ABOUT = {
  1: `Generator of a translator. Input "x" [1, 1, rows, columns]: a physics micrograph with its noise seed, at mean 0 and
standard deviation 1; rows and columns are multiples of`,
  2: `Generator of a translator. Input "x" [1, 2, rows, columns]: a physics micrograph at mean 0, and its noise field, together
of standard deviation 1; rows and columns are multiples of`,
} as const;

/**
 * A trained generator as an ONNX model (operator set 21) that any runtime can apply to images of any size: `x` [1, planes, rows, columns]
 * to `image` [1, 1, rows, columns], sides multiples of 2^depth. What is done before and after it (noise field, spectrum of the
 * output) is not part of it.
 */
export function generatorOnnx(options: CryogemOptions, parameters: TrainingState): Uint8Array {
  const scope = Scope.root("generator");
  const kind = generatorOptions(options);
  generatorNetwork(scope, kind);
  const trained = scope.parameters.map(
    ({ name, shape }) => [name, constant(parameters.get(name)!, shape)] as const,
  );
  const network = generatorNetwork(scope.substituting(new Map(trained)), kind);
  const planes = planesOf(kind);
  const multiple = 2 ** options.depth;
  // sides that mirrored edges can be taken from at the coarsest scale; they are taken out of the graph below
  const side = options.network === "unet" ? multiple : 4 * multiple;
  const x = input("x", [1, planes, side, side]);
  const compiled = compile({ image: network.translate(network.encode(x), x) });
  const model = onnx.ModelProto.decode(compiled.model);
  const graph = ofAnySize(model.graph!);
  const docString = `${ABOUT[planes]} ${multiple}. Output "image": the same with the noise of real micrographs.`;
  return onnx.ModelProto.encode({ ...model, docString, graph }).finish();
}

/** The graph without the sizes of images in it: they stand in its inputs and outputs, and in what normalises features. */
function ofAnySize(graph: Graph): Graph {
  const nodes = graph.node!;
  const producers = new Map(nodes.flatMap((node) => node.output!.map((name) => [name, node] as const)));
  const initializer = [...graph.initializer!];
  const dropped = new Set<Node>();
  const replaced = new Map<Node, Node>();
  for (const norm of nodes.filter(({ opType }) => opType === "LayerNormalization")) {
    const before = producers.get(norm.input![0]!)!;
    const after = nodes.find(({ input }) => input![0] === norm.output![0])!;
    const channels = channelsOf(before, initializer);
    const epsilon = norm.attribute!.filter(({ name }) => name === "epsilon");
    const [scale, bias] = [1, 0].map((value) => {
      const name = `${norm.output![0]}:${value}`;
      const rawData = new Uint8Array(new Float32Array(channels).fill(value).buffer);
      initializer.push({ name, dataType: onnx.TensorProto.DataType.FLOAT, dims: [channels], rawData });
      return name;
    });
    const opType = "InstanceNormalization";
    const operands = [before.input![0]!, scale!, bias!];
    replaced.set(after, { opType, input: operands, output: after.output!, attribute: epsilon });
    for (const node of [before, norm, producers.get(norm.input![1]!)!]) dropped.add(node);
  }
  const node = nodes.filter((each) => !dropped.has(each)).map((each) => replaced.get(each) ?? each);
  const isUsed = new Set(node.flatMap((each) => each.input!));
  return {
    ...graph,
    node,
    initializer: initializer.filter(({ name }) => isUsed.has(name!)),
    input: graph.input!.map(withoutSize),
    output: graph.output!.map(withoutSize),
  };
}

/** The channels [1, channels, pixels] that a Reshape gives. */
function channelsOf(reshape: Node, initializers: readonly proto.onnx.ITensorProto[]): number {
  const { rawData } = initializers.find(({ name }) => name === reshape.input![1])!;
  const { buffer, byteOffset, byteLength } = rawData!;
  return Number(new DataView(buffer, byteOffset, byteLength).getBigInt64(8, true));
}

function withoutSize({ name, type }: proto.onnx.IValueInfoProto): proto.onnx.IValueInfoProto {
  const [batch, planes] = type!.tensorType!.shape!.dim!;
  const dim = [batch!, planes!, { dimParam: "rows" }, { dimParam: "columns" }];
  return { name: name!, type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape: { dim } } } };
}
