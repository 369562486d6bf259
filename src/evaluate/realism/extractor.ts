import proto from "onnx-proto";
import type { Image } from "../../array/image.js";
import { FormatError } from "../../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../../core/ports.js";

const { onnx } = proto;

/** How grey levels are handed to an extractor: 0 to 1, -1 to 1, or as networks trained on ImageNet in PyTorch want colours. */
export const EXTRACTOR_RANGES = ["unit", "signed", "imagenet"] as const;
export type ExtractorRange = (typeof EXTRACTOR_RANGES)[number];

/** Standard deviations of a micrograph that are black and white. */
const SPAN = 3;
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/** What an ONNX model says of itself. */
export interface ExtractorShape {
  readonly input: string;
  readonly output: string;
  readonly channels: 1 | 3;
  /** Of the square images that it takes; absent: any. */
  readonly side?: number;
}

/**
 * The first input of a model, [n, 1 or 3, side, side], and its first output.
 *
 * @throws FormatError for bytes that are no ONNX model, and for one that takes no images
 */
export function describeExtractor(bytes: Uint8Array, path: string): ExtractorShape {
  let graph: proto.onnx.IGraphProto | null | undefined;
  try {
    ({ graph } = onnx.ModelProto.decode(bytes));
  } catch {
    throw new FormatError(path, "content", "no ONNX model", "an ONNX model");
  }
  const weights = new Set(graph?.initializer?.map(({ name }) => name));
  const input = graph?.input?.find(({ name }) => !weights.has(name));
  const output = graph?.output?.[0];
  const dims = input?.type?.tensorType?.shape?.dim?.map(({ dimValue }) => Number(dimValue ?? 0));
  const [, channels, rows, columns] = dims ?? [];
  if (!input?.name || !output?.name || dims?.length !== 4 || (channels !== 1 && channels !== 3)) {
    throw new FormatError(path, "first input", dims ?? "none", "images [n, 1 or 3 channels, rows, columns]");
  }
  if (rows !== columns) throw new FormatError(path, "first input", dims, "square images");
  return { input: input.name, output: output.name, channels, ...(rows! > 0 && { side: rows! }) };
}

/**
 * A patch as an extractor takes it, [1, channels, side, side]: black and white at 3 standard deviations of the whole micrograph to either
 * side of its mean, the same in every channel.
 *
 * @param patch of a micrograph at mean 0 and standard deviation 1
 */
export function extractorInput(patch: Image, channels: 1 | 3, range: ExtractorRange): HostTensor {
  const size = patch.data.length;
  const data = new Float32Array(channels * size);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < size; i++) {
      const grey = Math.min(1, Math.max(0, 0.5 + patch.data[i]! / (2 * SPAN)));
      data[channel * size + i] =
        range === "unit"
          ? grey
          : range === "signed"
            ? 2 * grey - 1
            : (grey - IMAGENET.mean[channel]!) / IMAGENET.deviation[channel]!;
    }
  }
  return { dtype: "float32", dims: [1, channels, ...patch.shape], data };
}

/** An extractor ready for use. */
export class Extractor<DeviceTensor> {
  private constructor(
    readonly shape: ExtractorShape,
    private readonly range: ExtractorRange,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly session: ComputeSession<DeviceTensor>,
  ) {}

  /** @throws FormatError for a model that takes no images, or other colours than the range has */
  static async open<DeviceTensor>(
    runtime: ComputeRuntime<DeviceTensor>,
    bytes: Uint8Array,
    range: ExtractorRange,
    path: string,
  ): Promise<Extractor<DeviceTensor>> {
    const shape = describeExtractor(bytes, path);
    if (range === "imagenet" && shape.channels !== 3) {
      throw new FormatError(path, "channels", shape.channels, "3 for the range imagenet");
    }
    return new Extractor(shape, range, runtime, await runtime.load(bytes));
  }

  /** Features of a patch: the first output; of one with positions, [1, features, rows, columns], the means over them. */
  async features(patch: Image): Promise<Float64Array> {
    const { input, output, channels } = this.shape;
    const results = await this.session.run({ [input]: extractorInput(patch, channels, this.range) }, [
      output,
    ]);
    const { data, dims } = await this.runtime.toHost(results[output]!);
    const count = dims.length > 2 ? dims[1]! : data.length;
    const positions = data.length / count;
    const features = Float64Array.from({ length: count }, (_, feature) => {
      let sum = 0;
      for (let i = 0; i < positions; i++) sum += data[feature * positions + i]!;
      return sum / positions;
    });
    this.runtime.dispose(results[output]!);
    return features;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
