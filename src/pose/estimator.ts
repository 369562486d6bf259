import { FormatError } from "../core/errors.js";
import type { ComputeRuntime, ComputeSession, HostTensor } from "../core/ports.js";
import type { RotationMatrix } from "../core/rotation.js";
import { symmetryOperators } from "../core/symmetry.js";
import { orientationNetwork, poseEncoder } from "../nn/pose-encoder.js";
import { Scope } from "../nn/scope.js";
import { compile, constant, input, sizeOf, softmax, type Value } from "../tensor/index.js";
import { circularWindow, ctfPicture, greyScaleOf } from "./image.js";
import { gramSchmidt } from "./losses.js";
import type { PoseModel } from "./model.js";
import { type OrientationCells, OrientationPeaks, orientationCells } from "./orientations.js";
import { filterRings } from "./rings.js";
import { channelsOf } from "./step.js";
import type { KnownParticle } from "./training-data.js";
import { cutTurn, type ImageTurn, STRAIGHT } from "./turn.js";

/** A pose that a network proposes. */
export interface ProposedPose {
  readonly rotation: RotationMatrix;
  /** Working pixels from the image's centre to the particle. */
  readonly x: number;
  readonly y: number;
  /** Share of the odds among the orientations or heads: 1 for a network of one head. */
  readonly probability: number;
}

/** What a network is shown of a particle. */
export type SeenParticle = Pick<KnownParticle, "image" | "ctf" | "scale">;

/** Images that are looked at together. */
const BATCH = 64;

/** A trained encoder: particle images to poses. */
export class PoseEstimator<DeviceTensor = unknown> {
  private session: Promise<ComputeSession<DeviceTensor>> | undefined;
  private readonly cells: OrientationCells | undefined;
  private readonly peaks: OrientationPeaks | undefined;

  constructor(
    private readonly model: PoseModel,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
  ) {
    const { orientations, symmetry } = model.record.options;
    if (orientations > 0) this.cells = orientationCells(orientations, symmetryOperators(symmetry));
    this.peaks = this.cells && new OrientationPeaks(this.cells);
  }

  /**
   * The poses of each particle, likeliest first.
   *
   * @param particles their images at least as large as the network's, and larger by the room that moves need
   * @param most of each particle; a network that proposes poses has as many as heads
   * @param looks how often each particle is looked at, 1 or more; each look after the first is at the image moved so that the
   * particle lies in the middle as the look before it found
   */
  async estimate(
    particles: readonly SeenParticle[],
    most = 1,
    looks = 1,
  ): Promise<(readonly ProposedPose[])[]> {
    const all: (readonly ProposedPose[])[] = [];
    for (let first = 0; first < particles.length; first += BATCH) {
      const some = particles.slice(first, first + BATCH);
      let poses = await this.batch(
        some,
        most,
        some.map(() => STRAIGHT),
      );
      for (let look = 2; look <= looks; look++) {
        // whole pixels: the noise stays as it is
        const moved = poses.map(([best]) => ({
          ...STRAIGHT,
          x: Math.round(best!.x),
          y: Math.round(best!.y),
        }));
        poses = await this.batch(some, most, moved);
      }
      all.push(...poses);
    }
    return all;
  }

  /** Frees the device. */
  async close(): Promise<void> {
    await (await this.session)?.close();
    this.session = undefined;
  }

  private async batch(
    particles: readonly SeenParticle[],
    most: number,
    moved: readonly ImageTurn[],
  ): Promise<(readonly ProposedPose[])[]> {
    const { options, workingPixel, filter } = this.model.record;
    const { side, heads } = options;
    const channels = channelsOf(options);
    const size = side * side;
    const window = circularWindow(side);
    const images = new Float32Array(BATCH * channels * size);
    for (const [i, particle] of particles.entries()) {
      const at = i * channels * size;
      const image = images.subarray(at, at + size);
      cutTurn(particle.image, moved[i]!, side, image);
      filterRings(image, filter);
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
    const shift = (await values("shift"))!;
    const probability = await values("probability");
    const place = (i: number, k: number) => ({
      x: moved[i]!.x + (shift[2 * k]! * side) / 2,
      y: moved[i]!.y + (shift[2 * k + 1]! * side) / 2,
    });
    if (this.cells && this.peaks) {
      const count = this.cells.matrices.length;
      const { peaks } = this;
      return particles.map((_, i) =>
        peaks
          .likeliest(probability!.subarray(i * count, (i + 1) * count) as Float32Array, most)
          .map((peak): ProposedPose => ({ ...peak, ...place(i, i) })),
      );
    }
    const rotation = (await values("rotation"))!;
    return particles.map((_, i) =>
      Array.from({ length: heads }, (__, h): ProposedPose => {
        const k = i * heads + h;
        return {
          rotation: Array.from(rotation.subarray(9 * k, 9 * k + 9)) as unknown as RotationMatrix,
          ...place(i, k),
          probability: probability ? probability[k]! : 1,
        };
      })
        .sort((a, b) => b.probability - a.probability)
        .slice(0, most),
    );
  }

  private load(): Promise<ComputeSession<DeviceTensor>> {
    const { options } = this.model.record;
    const channels = channelsOf(options);
    const declared = Scope.root("pose");
    this.network(declared);
    const trained = new Map(
      declared.parameters.map(({ name, shape }) => {
        const values = this.model.parameters.get(name);
        if (values?.length !== sizeOf(shape)) {
          throw new FormatError("pose model", name, values?.length ?? "nothing", `${sizeOf(shape)} numbers`);
        }
        return [name, constant(values, shape)];
      }),
    );
    const outputs = this.network(declared.substituting(trained));
    const images = input("images", [BATCH, channels, options.side, options.side]);
    return this.runtime.load(compile(outputs(images)).model);
  }

  /** What is computed of images. */
  private network(scope: Scope): (images: Value) => Record<string, Value> {
    const { options } = this.model.record;
    const channels = channelsOf(options);
    if (this.cells) {
      const network = orientationNetwork(scope, channels, options, this.cells.matrices.length);
      return (images) => {
        const { odds, shift } = network(images);
        return { probability: softmax(odds), shift };
      };
    }
    const network = poseEncoder(scope, channels, options);
    return (images) => {
      const { rotation, shift, score } = network(images);
      return { rotation: gramSchmidt(rotation), shift, ...(score && { probability: softmax(score) }) };
    };
  }
}
