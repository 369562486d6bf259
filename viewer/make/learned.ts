import * as onnxruntime from "onnxruntime-web/wasm";
import {
  type Files,
  type Model,
  openTranslator,
  readModel,
  signalDoubt,
  syntheticMicrograph,
  type Translator,
} from "../../src/index.js";
import { webRuntime } from "../../src/runtime/onnx/web.js";
import { type Knobs, SIDE } from "./knobs.js";
import { opticsOf } from "./model.js";

/** A micrograph with learned noise. */
interface Translated {
  readonly data: Float32Array;
  /** The factor on the contrast at which the clean micrograph is as strong as those that the model knows, where it is not. */
  readonly betterSignal?: number;
}

/** A trained translator in the page's worker: it gives clean micrographs the noise that `cryogem generate` does. */
export class Learned {
  private constructor(
    private readonly model: Model,
    private readonly translator: Translator,
  ) {}

  /** @throws FormatError for a file that is no translator */
  static async of(bytes: Uint8Array, name: string): Promise<Learned> {
    // the model's bytes are all that is ever read
    const files = { read: async () => bytes, exists: async () => true } as Partial<Files> as Files;
    const model = await readModel(files, `${name}.safetensors`);
    const runtime = async () => webRuntime(await openLibrary());
    return new Learned(model, await openTranslator(model, runtime));
  }

  /** @param clean SIDE x SIDE pixels, without noise */
  async translate(clean: Float32Array, knobs: Knobs): Promise<Translated> {
    const image = { data: clean, shape: [SIDE, SIDE] } as const;
    const micrograph = { image, optics: opticsOf(knobs), index: 1 };
    const { data } = await syntheticMicrograph(this.translator, this.model, micrograph, knobs);
    return { data, betterSignal: signalDoubt(image, knobs.signal, this.model)?.better };
  }

  close(): Promise<void> {
    return this.translator.close();
  }
}

/** As many as ONNX Runtime takes by itself: each loads this script and has a stack of its own. */
const MOST_THREADS = 4;

/** ONNX Runtime, whose WebAssembly is fetched when the first network needs it. */
async function openLibrary(): Promise<typeof onnxruntime> {
  const { wasm } = onnxruntime.env;
  // several threads only where the server's headers allow it, as those of `view` do
  wasm.numThreads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  if (!wasm.wasmBinary) {
    const response = await fetch("onnxruntime.bin");
    if (!response.ok) throw new Error(`onnxruntime.bin: the server of this page says ${response.status}`);
    const unpacked = response.body!.pipeThrough(new DecompressionStream("gzip"));
    wasm.wasmBinary = await new Response(unpacked).arrayBuffer();
  }
  return onnxruntime;
}
