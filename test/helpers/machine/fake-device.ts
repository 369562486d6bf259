import type { ComputeRuntime, HostTensor } from "../../../src/core/ports.js";

/** A tensor in the memory of a device that is none: it cannot be read once it was freed. */
interface Handle {
  readonly tensor: HostTensor;
}

/**
 * The CPU in the role of a device with memory of its own, as a GPU has it: a tensor given up for a result is freed, and one that
 * is freed twice or used afterwards is an error.
 */
export function fakeDevice(cpu: ComputeRuntime) {
  const alive = new Set<Handle>();
  const read = (handle: Handle): HostTensor => {
    if (!alive.has(handle)) throw new Error("a tensor is used that was freed");
    return handle.tensor;
  };
  const free = (handle: Handle): void => {
    read(handle);
    alive.delete(handle);
  };
  const isHandle = (value: object): value is Handle => "tensor" in value;
  const runtime: ComputeRuntime<Handle> = {
    device: "webgpu",
    tensorsOnHost: false,
    description: "a device that is none",
    toHost: async (handle) => read(handle),
    dispose: free,
    async load(model) {
      const session = await cpu.load(model);
      return {
        close: () => session.close(),
        async run(feeds, outputs) {
          const fed = Object.entries(feeds).map(
            ([name, value]) => [name, isHandle(value) ? read(value) : value] as const,
          );
          const given = Array.isArray(outputs) ? {} : (outputs ?? {});
          const names = Array.isArray(outputs) || !outputs ? outputs : Object.keys(outputs);
          const results = await session.run(Object.fromEntries(fed), names);
          for (const tensor of Object.values(given)) if (tensor && isHandle(tensor)) free(tensor);
          const handles: Record<string, Handle> = {};
          for (const [name, result] of Object.entries(results)) {
            const { data, ...type } = await cpu.toHost(result);
            const handle = { tensor: { ...type, data: data.slice() } };
            alive.add(handle);
            handles[name] = handle;
          }
          return handles;
        },
      };
    },
  };
  return { runtime, alive };
}
