import type { ComputeRuntime, HostTensor } from "../../src/core/ports.js";
import type { CompiledGraph } from "../../src/tensor/index.js";

/** Loads a graph, runs it once on the given elements and reads every output back. */
export async function runOnce(
  runtime: ComputeRuntime,
  graph: CompiledGraph,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Promise<Record<string, HostTensor>> {
  const session = await runtime.load(graph.model);
  const tensors = Object.entries(graph.inputs).map(([name, { shape, dtype }]) => {
    const elements = feeds[name]!;
    const data = dtype === "float32" ? Float32Array.from(elements) : Int32Array.from(elements);
    return [name, { dtype, dims: shape, data }] as const;
  });
  const results = await session.run(Object.fromEntries(tensors));
  const host: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(results)) host[name] = await runtime.toHost(tensor);
  await session.close();
  return host;
}
