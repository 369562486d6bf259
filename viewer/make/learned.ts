import {
  type Files,
  type Model,
  openTranslator,
  readModel,
  signalDoubt,
  syntheticMicrograph,
  type Translator,
} from "../../src/index.js";
import { type Knobs, SIDE } from "./knobs.js";
import { opticsOf } from "./model.js";
import { openRuntime, type Processor } from "./onnxruntime.js";

/** A micrograph with learned noise. */
interface Translated {
  readonly data: Float32Array;
  /** The factor on the contrast at which the clean micrograph is as strong as those that the model knows, where it is not. */
  readonly betterSignal?: number;
  /** What computed the network, where there is one. */
  readonly processor?: Processor;
}

/** A trained translator in the page's worker: it gives clean micrographs the noise that `cryogem generate` does. */
export class Learned {
  private translator!: Translator;
  private processor: Processor | undefined;

  private constructor(private readonly model: Model) {}

  /** @throws FormatError for a file that is no translator */
  static async of(bytes: Uint8Array, name: string): Promise<Learned> {
    // the model's bytes are all that is ever read
    const files = { read: async () => bytes, exists: async () => true } as Partial<Files> as Files;
    const model = await readModel(files, `${name}.safetensors`);
    const learned = new Learned(model);
    const runtime = () => openRuntime((processor) => (learned.processor = processor));
    learned.translator = await openTranslator(model, runtime);
    return learned;
  }

  /** @param clean SIDE x SIDE pixels, without noise */
  async translate(clean: Float32Array, knobs: Knobs): Promise<Translated> {
    const image = { data: clean, shape: [SIDE, SIDE] } as const;
    const micrograph = { image, optics: opticsOf(knobs), index: 1 };
    const { data } = await syntheticMicrograph(this.translator, this.model, micrograph, knobs);
    const betterSignal = signalDoubt(image, knobs.signal, this.model)?.better;
    return { data, betterSignal, processor: this.processor };
  }

  close(): Promise<void> {
    return this.translator.close();
  }
}
