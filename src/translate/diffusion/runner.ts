import type { Image } from "../../array/image.js";
import type { ComputeRuntime, ComputeSession } from "../../core/ports.js";
import { DENOISER_MULTIPLE, denoiser, embedTime } from "../../nn/denoiser.js";
import { Scope } from "../../nn/scope.js";
import { compile, constant, input } from "../../tensor/index.js";
import { floatTensor } from "../../train/feeds.js";
import type { TrainingState } from "../../train/state.js";
import { type TilingOptions, translateTiled } from "../tiling.js";
import type { DiffusionModel } from "./step.js";

/** A trained diffusion model, applied to images of any size: tile by tile at every time, so that no seam is left. */
export class DenoiserRunner<DeviceTensor> {
  private readonly sessions = new Map<string, Promise<ComputeSession<DeviceTensor>>>();

  constructor(
    private readonly model: DiffusionModel,
    private readonly options: { readonly crop: number; readonly width: number },
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly parameters: TrainingState,
  ) {}

  /** The noise in an image at a time. */
  async noise(image: Image, time: number): Promise<Float32Array> {
    const embedded = floatTensor(embedTime(time, this.options.width), [1, this.options.width]);
    const told = await translateTiled([image], this.tiling(), async ([tile]) => {
      const { data, shape } = tile!;
      const key = shape.join("x");
      if (!this.sessions.has(key)) this.sessions.set(key, this.load(shape));
      const session = await this.sessions.get(key)!;
      const { noise } = await session.run({ x: floatTensor(data, [1, 1, ...shape]), time: embedded });
      const copy = Float32Array.from((await this.runtime.toHost(noise!)).data as Float32Array);
      this.runtime.dispose(noise!);
      return copy;
    });
    return told.data;
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).close();
    this.sessions.clear();
  }

  /** Group norms have learned the statistics of crops: tiles are as large. */
  private tiling(): TilingOptions {
    const { crop } = this.options;
    const align = DENOISER_MULTIPLE;
    const overlap = Math.floor(crop / 4 / align) * align;
    return { multiple: align, align, largest: crop, overlap };
  }

  private load(shape: Image["shape"]): Promise<ComputeSession<DeviceTensor>> {
    const declared = Scope.root(this.model);
    denoiser(declared, this.options);
    const trained = new Map(
      declared.parameters.map(({ name, shape: sides }) => [
        name,
        constant(this.parameters.get(name)!, sides),
      ]),
    );
    const predict = denoiser(declared.substituting(trained), this.options);
    const [x, time] = [input("x", [1, 1, ...shape]), input("time", [1, this.options.width])];
    return this.runtime.load(compile({ noise: predict(x, time) }).model);
  }
}
