import { FormatError } from "../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";
import type { RotationMatrix } from "../core/rotation.js";
import { poseEncoder } from "../nn/pose-encoder.js";
import { Scope } from "../nn/scope.js";
import { compile, constant, input, sizeOf, softmax } from "../tensor/index.js";
import { circularWindow, ctfPicture, greyScaleOf } from "./image.js";
import { gramSchmidt } from "./losses.js";
import type { PoseModel } from "./model.js";
import { channelsOf } from "./step.js";
import type { KnownParticle } from "./training-data.js";
import { cutTurn } from "./turn.js";

/** A pose that a network proposes. */
export interface ProposedPose {
  readonly rotation: RotationMatrix;
  /** Working pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
  /** Share of the odds among the heads: 1 for a network of one head. */
  readonly probability: number;
}

/** What a network is shown of a particle. */
export type SeenParticle = Pick<KnownParticle, "image" | "ctf" | "scale">;

/** Images that are looked at together. */
const BATCH = 64;

/** A trained encoder: particle images to poses. */
export class PoseEstimator<DeviceTensor = unknown> {
  private session: Promise<ComputeSession<DeviceTensor>> | undefined;

  constructor(
    private readonly model: PoseModel,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
  ) {}

  /** The poses of each particle, likeliest first. @param particles their images at least as large as the network's */
  async estimate(particles: readonly SeenParticle[]): Promise<(readonly ProposedPose[])[]> {
    const all: (readonly ProposedPose[])[] = [];
    for (let first = 0; first < particles.length; first += BATCH) {
      all.push(...(await this.batch(particles.slice(first, first + BATCH))));
    }
    return all;
  }

  /** Frees the device. */
  async close(): Promise<void> {
    await (await this.session)?.close();
    this.session = undefined;
  }

  private async batch(particles: readonly SeenParticle[]): Promise<(readonly ProposedPose[])[]> {
    const { options, workingPixel } = this.model.record;
    const { side, heads } = options;
    const channels = channelsOf(options);
    const size = side * side;
    const window = circularWindow(side);
    const images = new Float32Array(BATCH * channels * size);
    for (const [i, particle] of particles.entries()) {
      const at = i * channels * size;
      const image = images.subarray(at, at + size);
      cutTurn(particle.image, STRAIGHT, side, image);
      const { mean, deviation } = particle.scale ?? greyScaleOf(image);
      for (let p = 0; p < size; p++) image[p] = (window[p]! * (image[p]! - mean)) / deviation;
      if (channels === 2) {
        ctfPicture(
          particle.ctf!,
          { side, workingPixel },
          [1, 0, 0, 1],
          images.subarray(at + size, at + 2 * size),
        );
      }
    }
    this.session ??= this.load();
    const session = await this.session;
    const dims = [BATCH, channels, side, side];
    const results = await session.run({ images: { dtype: "float32", dims, data: images } });
    const values = async (name: string): Promise<HostTensor["data"] | undefined> => {
      const tensor = results[name];
      if (tensor === undefined) return undefined;
      const { data } = await this.runtime.toHost(tensor);
      const copy = data.slice();
      this.runtime.dispose(tensor);
      return copy;
    };
    const rotation = (await values("rotation"))!;
    const shift = (await values("shift"))!;
    const probability = await values("probability");
    return particles.map((_, i) =>
      Array.from({ length: heads }, (__, h): ProposedPose => {
        const k = i * heads + h;
        return {
          rotation: Array.from(rotation.subarray(9 * k, 9 * k + 9)) as unknown as RotationMatrix,
          x: (shift[2 * k]! * side) / 2,
          y: (shift[2 * k + 1]! * side) / 2,
          probability: probability ? probability[k]! : 1,
        };
      }).sort((a, b) => b.probability - a.probability),
    );
  }

  private load(): Promise<ComputeSession<DeviceTensor>> {
    const { options } = this.model.record;
    const channels = channelsOf(options);
    const declared = Scope.root("pose");
    poseEncoder(declared, channels, options);
    const trained = new Map(
      declared.parameters.map(({ name, shape }) => {
        const values = this.model.parameters.get(name);
        if (values?.length !== sizeOf(shape)) {
          throw new FormatError("pose model", name, values?.length ?? "nothing", `${sizeOf(shape)} numbers`);
        }
        return [name, constant(values, shape)];
      }),
    );
    const network = poseEncoder(declared.substituting(trained), channels, options);
    const { rotation, shift, score } = network(
      input("images", [BATCH, channels, options.side, options.side]),
    );
    const outputs = { rotation: gramSchmidt(rotation), shift, ...(score && { probability: softmax(score) }) };
    return this.runtime.load(compile(outputs).model);
  }
}

/** The middle of an image as it is. */
const STRAIGHT = { x: 0, y: 0, xu: 1, xv: 0, yu: 0, yv: 1 };
