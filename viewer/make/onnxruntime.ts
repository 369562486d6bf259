import type { Env, Tensor } from "onnxruntime-common";
import * as plain from "onnxruntime-web/wasm";
import type { ComputeRuntime, ComputeSession } from "../../src/index.js";
import { type WebLibrary, webRuntime } from "../../src/runtime/onnx/web.js";

/** What computes a network in this browser. */
export type Processor = "WebGPU" | "WebAssembly";

/** Whether a network failed on the card: onnxruntime-web computes nothing more there then. */
let hasFailed = false;

/**
 * ONNX Runtime on the graphics card, where the browser has one, else in WebAssembly. Where a network cannot be loaded on the card,
 * or a run fails there, as when the card is lost, WebAssembly takes over; why is said in the browser's console.
 *
 * @param tell is told what computes, each time this is decided
 */
export async function openRuntime(tell: (processor: Processor) => void): Promise<ComputeRuntime<Tensor>> {
  const inWebAssembly = async (): Promise<ComputeRuntime<Tensor>> => {
    // several threads only where the server's headers allow it, as those of `view` do
    const threads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
    const library = await withBinary(plain, "onnxruntime.bin", threads);
    tell("WebAssembly");
    return webRuntime(library, "cpu");
  };
  if (hasFailed || !(await hasCard())) return inWebAssembly();
  const library = await withBinary(await import("./webgpu.js"), "onnxruntime-webgpu.bin", 1);
  const onCard = webRuntime(library, "webgpu");
  tell("WebGPU");
  return {
    ...onCard,
    async load(model) {
      let isOnCard = true;
      const loadElsewhere = async (error: unknown): Promise<ComputeSession<Tensor>> => {
        if (!isOnCard) throw error;
        isOnCard = false;
        hasFailed = true;
        // the library throws bare numbers too
        const reason = error instanceof Error ? error.message.trim() : `error ${error}`;
        console.warn(`WebGPU failed (${reason}); WebAssembly computes instead`);
        return (await inWebAssembly()).load(model);
      };
      let session = await onCard.load(model).catch(loadElsewhere);
      return {
        run: (feeds, outputs) =>
          session.run(feeds, outputs).catch(async (error: unknown) => {
            session = await loadElsewhere(error);
            return session.run(feeds, outputs);
          }),
        close: () => session.close(),
      };
    },
  };
}

/** As many as ONNX Runtime takes by itself: each loads the script and has a stack of its own. */
const MOST_THREADS = 4;

/** The library with its WebAssembly, which is fetched the first time. */
async function withBinary<Library extends WebLibrary & { readonly env: Env }>(
  library: Library,
  file: string,
  threads: number,
): Promise<Library> {
  const { wasm } = library.env;
  wasm.numThreads = threads;
  if (!wasm.wasmBinary) {
    const response = await fetch(file);
    if (!response.ok) throw new Error(`${file}: the server of this page says ${response.status}`);
    const unpacked = response.body!.pipeThrough(new DecompressionStream("gzip"));
    wasm.wasmBinary = await new Response(unpacked).arrayBuffer();
  }
  return library;
}

/** The part of WebGPU's adapter that is asked for; https://www.w3.org/TR/webgpu/#gpuadapterinfo */
interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
  /** Where browsers had it before it moved. */
  readonly isFallbackAdapter?: boolean;
}

/** Whether WebGPU computes on a card here, not in software, which is slower than WebAssembly. */
async function hasCard(): Promise<boolean> {
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const adapter = await gpu?.requestAdapter();
  return adapter ? !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) : false;
}
