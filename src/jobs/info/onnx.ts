import type { onnx } from "onnx-proto";
import { FormatError } from "../../core/errors.js";
import type { Files } from "../../core/ports.js";
import type { Description } from "./format.js";

/** What a network in ONNX takes and gives. @throws FormatError for a file that is none */
export async function describeOnnx(files: Files, path: string): Promise<Description> {
  const bytes = await files.read(path);
  // loaded when such a file is opened: it is large
  const { default: proto } = await import("onnx-proto");
  const { graph, opsetImport, producerName } = decoded(() => proto.onnx.ModelProto.decode(bytes), path);
  if (!graph?.node?.length) throw new FormatError(path, "graph", "nothing", "a network of ONNX");
  const weights = new Set(graph.initializer?.map(({ name }) => name));
  const listed = (values: readonly onnx.IValueInfoProto[] | null | undefined): string =>
    (values ?? [])
      .filter(({ name }) => !weights.has(name))
      .map(({ name, type }) => `${name} [${sidesOf(type).join(", ")}]`)
      .join(", ");
  return {
    what: "ONNX network",
    ...(producerName && { "written by": producerName }),
    "operator set": Number(opsetImport?.find(({ domain }) => !domain)?.version ?? 0),
    operations: graph.node.length,
    input: listed(graph.input),
    output: listed(graph.output),
  };
}

const sidesOf = (type: onnx.ITypeProto | null | undefined): readonly string[] =>
  (type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam }) => dimParam || String(dimValue ?? "?"));

function decoded(decode: () => onnx.ModelProto, path: string): onnx.ModelProto {
  try {
    return decode();
  } catch (error) {
    throw new FormatError(path, "content", error instanceof Error ? error.message : error, "ONNX");
  }
}
