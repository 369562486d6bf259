import type { Image } from "../array/image.js";
import type { ComputeRuntime, ComputeSession } from "../core/ports.js";
import { type GeneratorOptions, generatorNetwork, planesOf } from "../nn/generator.js";
import { Scope } from "../nn/scope.js";
import { compile, constant, input } from "../tensor/index.js";
import { floatTensor } from "../train/feeds.js";
import type { TrainingState } from "../train/state.js";
import { stacked } from "./noise/field.js";
import type { CryogemOptions } from "./options.js";
import type { TilingOptions } from "./tiling.js";

/** The generator's part of a training's options. */
export function generatorOptions(options: CryogemOptions): GeneratorOptions {
  const { network, ngf: width, widest, depth, upsampling, generator: output, noiseAt } = options;
  return network === "unet"
    ? { network, width, widest, depth, upsampling, output, noiseAt }
    : { network, width, widest, output };
}

/** A trained generator, applied to planes whose sides are multiples of 2^depth. Its parameters are part of the graph. */
export class GeneratorRunner<DeviceTensor> {
  private readonly sessions = new Map<string, Promise<ComputeSession<DeviceTensor>>>();

  constructor(
    private readonly options: CryogemOptions,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly parameters: TrainingState,
  ) {}

  /** The translation of a generator's planes (`generatorInput`), row by row. */
  async run(planes: readonly Image[]): Promise<Float32Array> {
    const { shape } = planes[0]!;
    const key = shape.join("x");
    if (!this.sessions.has(key)) this.sessions.set(key, this.load(shape));
    const session = await this.sessions.get(key)!;
    const x = floatTensor(stacked(planes), [1, planes.length, ...shape]);
    const { image } = await session.run({ x });
    const host = await this.runtime.toHost(image!);
    const copy = Float32Array.from(host.data as Float32Array);
    this.runtime.dispose(image!);
    return copy;
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).close();
    this.sessions.clear();
  }

  private load(shape: Image["shape"]): Promise<ComputeSession<DeviceTensor>> {
    const declared = Scope.root("generator");
    generatorNetwork(declared, generatorOptions(this.options));
    const trained = new Map(
      declared.parameters.map(({ name, shape: sides }) => [
        name,
        constant(this.parameters.get(name)!, sides),
      ]),
    );
    const network = generatorOptions(this.options);
    const generator = generatorNetwork(declared.substituting(trained), network);
    const x = input("x", [1, planesOf(network), ...shape]);
    return this.runtime.load(compile({ image: generator.translate(generator.encode(x), x) }).model);
  }
}

/** Numbers that the widest tensor of a tile may have: 256 MB. */
const WIDEST = 2 ** 26;
/** Pixels over which neighbouring tiles are blended. */
const OVERLAP = 128;

/**
 * How micrographs are cut for a generator. One that goes down to a few pixels has learned the size of its crops and is
 * given tiles of that size; a shallower one takes as much at once as memory allows, which leaves fewer seams or none.
 */
export function tilingFor({ crop, ngf, depth, network, noiseAt }: CryogemOptions): TilingOptions {
  const multiple = 2 ** depth;
  const isInner = noiseAt === "inner";
  // the noise of the innermost feature maps is the same in neighbouring tiles where these cut their pixels alike
  const align = isInner ? multiple : Math.min(multiple, 32);
  const quarter = Math.floor(crop / 4 / align) * align;
  const overlap = Math.min(OVERLAP, isInner ? Math.max(align, quarter) : quarter);
  if (crop / multiple < 3) return { multiple, align, largest: crop, overlap };
  // the widest tensor holds two sets of features: of a U-Net at half the resolution, else at full resolution
  const side = Math.sqrt(((network === "unet" ? 4 : 1) * WIDEST) / (2 * ngf));
  return { multiple, align, largest: Math.max(crop, Math.floor(side / multiple) * multiple), overlap };
}
