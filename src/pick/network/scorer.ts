import { type Image, zeros } from "../../array/image.js";
import { DomainError, FormatError } from "../../core/errors.js";
import type { ComputeRuntime, ComputeSession } from "../../core/ports.js";
import { PICKER_MULTIPLE, PICKER_REACH, PICKER_STRIDE, pickerNetwork } from "../../nn/picker.js";
import { Scope } from "../../nn/scope.js";
import { compile, constant, input, sizeOf } from "../../tensor/index.js";
import type { PickerModel } from "../model.js";
import type { ScoreMap, Scorer } from "../scorer.js";
import { networkImage } from "./image.js";

/** What a trained picker has to know of the micrographs. */
export interface NetworkScorerOptions {
  /** Of the micrographs, angstrom. */
  readonly pixelSize: number;
  /** Angstrom; the model's own when absent. */
  readonly particleDiameter?: number;
}

/** Largest side of a tile, working pixels. */
const LARGEST_TILE = 1024;

/**
 * A trained picker: micrographs of any size, pixel size and grey scale to log-odds of a particle's centre. What is larger than
 * a tile is scored tile by tile, with as much overlap as the network sees, so that no seam shows.
 */
export class NetworkScorer<DeviceTensor = unknown> implements Scorer {
  private readonly sessions = new Map<string, Promise<ComputeSession<DeviceTensor>>>();

  constructor(
    private readonly model: PickerModel,
    private readonly runtime: ComputeRuntime<DeviceTensor>,
    private readonly options: NetworkScorerOptions,
  ) {
    if (!(options.pixelSize > 0)) throw new DomainError("pixel size", options.pixelSize, "above 0 angstrom");
  }

  /**
   * Log-odds of a particle's centre, a cell for every 2 x 2 working pixels.
   *
   * @param name of the micrograph, for the messages
   * @throws DomainError for a value that is not finite or an image of one value; ShapeError for one smaller than a particle;
   *   FormatError for a model whose weights do not fit its options
   */
  async score(micrograph: Image, name = "micrograph"): Promise<ScoreMap> {
    const { record } = this.model;
    const { image, scale } = networkImage(
      micrograph,
      {
        pixelSize: this.options.pixelSize,
        particleDiameter: this.options.particleDiameter ?? record.particleDiameter,
        workingDiameter: record.options.workingDiameter,
      },
      name,
    );
    return { image: await this.scoreWorking(image), scale: scale * PICKER_STRIDE };
  }

  /** Log-odds of every 2 x 2 pixels of a working image, as `networkImage` makes it. */
  async scoreWorking(image: Image): Promise<Image> {
    const out = zeros(...cellsOf(image.shape));
    const [down, across] = image.shape.map(cutAxis) as [AxisCut, AxisCut];
    for (const top of down.starts) {
      for (const left of across.starts) {
        const scores = await this.run(cutTile(image, top, left, [down.size, across.size]));
        copyScores(scores, out, [top, left]);
      }
    }
    return out;
  }

  /** Frees the device. */
  async close(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).close();
    this.sessions.clear();
  }

  private async run({ data, shape }: Image): Promise<Image> {
    const key = shape.join("x");
    if (!this.sessions.has(key)) this.sessions.set(key, this.load(shape));
    const session = await this.sessions.get(key)!;
    const { scores } = await session.run({ x: { dtype: "float32", dims: [1, 1, ...shape], data } });
    const host = await this.runtime.toHost(scores!);
    const copy = Float32Array.from(host.data as Float32Array);
    this.runtime.dispose(scores!);
    return { data: copy, shape: cellsOf(shape) };
  }

  private load(shape: Image["shape"]): Promise<ComputeSession<DeviceTensor>> {
    const { options } = this.model.record;
    const declared = Scope.root("picker");
    pickerNetwork(declared, options);
    const trained = new Map(
      declared.parameters.map(({ name, shape: sides }) => {
        const values = this.model.parameters.get(name);
        if (values?.length !== sizeOf(sides)) {
          throw new FormatError(
            "picker model",
            name,
            values?.length ?? "nothing",
            `${sizeOf(sides)} numbers`,
          );
        }
        return [name, constant(values, sides)];
      }),
    );
    const network = pickerNetwork(declared.substituting(trained), options);
    return this.runtime.load(compile({ scores: network(input("x", [1, 1, ...shape])) }).model);
  }
}

const cellsOf = ([rows, columns]: Image["shape"]): [number, number] => [
  Math.ceil(rows / PICKER_STRIDE),
  Math.ceil(columns / PICKER_STRIDE),
];

/** Tiles of one size along an axis, each overlapping the next by twice the network's reach. */
interface AxisCut {
  readonly size: number;
  readonly starts: readonly number[];
}

function cutAxis(length: number): AxisCut {
  const up = (n: number): number => Math.ceil(n / PICKER_MULTIPLE) * PICKER_MULTIPLE;
  if (length <= LARGEST_TILE) return { size: up(length), starts: [0] };
  const stride = LARGEST_TILE - 2 * PICKER_REACH;
  const count = Math.ceil((length - 2 * PICKER_REACH) / stride);
  const even = up((length - 2 * PICKER_REACH) / count);
  return { size: even + 2 * PICKER_REACH, starts: Array.from({ length: count }, (_, i) => i * even) };
}

/** A part of the image; zeros, its mean, beyond its end. */
function cutTile({ data, shape }: Image, top: number, left: number, size: readonly [number, number]): Image {
  const tile = zeros(...size);
  const columns = Math.min(size[1], shape[1] - left);
  for (let row = 0; row < Math.min(size[0], shape[0] - top); row++) {
    const start = (top + row) * shape[1] + left;
    tile.data.set(data.subarray(start, start + columns), row * size[1]);
  }
  return tile;
}

/** Puts a tile's scores in their place, but for the rim that lacked its surroundings. */
function copyScores(scores: Image, out: Image, [top, left]: readonly [number, number]): void {
  const rim = (start: number): number => (start > 0 ? PICKER_REACH / PICKER_STRIDE : 0);
  const [firstRow, firstColumn] = [top / PICKER_STRIDE, left / PICKER_STRIDE];
  const columns = Math.min(scores.shape[1], out.shape[1] - firstColumn);
  for (let row = rim(top); row < Math.min(scores.shape[0], out.shape[0] - firstRow); row++) {
    const start = row * scores.shape[1];
    out.data.set(
      scores.data.subarray(start + rim(left), start + columns),
      (firstRow + row) * out.shape[1] + firstColumn + rim(left),
    );
  }
}
