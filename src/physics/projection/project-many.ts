import { halfColumns } from "../../array/spectrum/half.js";
import type { RotationMatrix } from "../../core/rotation.js";
import { footprintBlur, footprintLevel, NEGLIGIBLE } from "../specimen/footprint.js";
import { sliceRequest } from "./project.js";
import type { Projector } from "./projector.js";
import { highestStep } from "./slice-reference.js";
import { type Slicer, type Slices, slicerOf } from "./slice-wasm.js";

/** A particle to project: its orientation and the pixels by which it is moved from the centre of its box. */
export interface Pose {
  readonly matrix: RotationMatrix;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** Slices made together hold about this much memory at most. */
const TOGETHER = 2 ** 25;

/**
 * Projections of one volume, several at a time: as `project` and `footprintOf` make them, in a fraction of the time. The
 * slices are made in the order of what they touch of the transform, and are turned into images where they lie.
 *
 * @param visit gets each image, box x box, its footprint, 1 inside and 0 outside, both in memory that is used again, and how many
 *   pixels are inside; must not slice the same volume
 */
export function projectMany(
  projector: Projector,
  poses: readonly Pose[],
  visit: (index: number, image: Float32Array, inside: Uint8Array, total: number) => void,
): void {
  const { box, cube } = projector;
  const slicer = slicerOf(cube);
  const together = Math.max(1, Math.floor(TOGETHER / (4 * box * (box + 16))));
  for (let first = 0; first < poses.length; first += together) {
    const requests = poses
      .slice(first, first + together)
      .map(({ matrix, shiftX, shiftY }) => sliceRequest(projector, matrix, shiftX, shiftY));
    const slices = slicer.fill(requests);
    const turn = new Turn(projector, slicer, slices);
    for (let i = 0; i < requests.length; i++) {
      const slice = slices.at + i * slices.sliceBytes;
      const { inside, total } = turn.footprint(slice);
      visit(first + i, turn.image(slice), inside, total);
    }
  }
}

/** Turns slices into images. Above the slices lie a copy for the footprint, the image, its footprint and room to work. */
class Turn {
  private readonly copy: number;
  private readonly pixels: number;
  private readonly inside: number;
  private readonly weights: number;
  private readonly work: number;
  private readonly plan: number;
  /** Blocks of four columns that hold anything, and those that the blur leaves. */
  private readonly used: number;
  private readonly usedByBlur: number;

  constructor(
    private readonly projector: Projector,
    private readonly slicer: Slicer,
    private readonly slices: Slices,
  ) {
    const { box, radius } = projector;
    const { memory } = slicer;
    const { address, workBytes } = memory.plan(box);
    const blur = footprintBlur(projector);
    const within = Math.min(highestStep(box), Math.floor(radius));
    const cut = blur.subarray(0, halfColumns(box)).findIndex((weight) => weight < NEGLIGIBLE);
    this.used = (within >> 2) + 1;
    this.usedByBlur = cut < 0 ? this.used : Math.min(this.used, (cut >> 2) + 1);
    const blurColumns = 4 * slices.blocks;
    this.plan = address;
    this.copy = slices.end;
    this.pixels = this.copy + slices.sliceBytes;
    this.inside = this.pixels + 4 * box * 8 * Math.ceil(box / 8) + 64;
    this.weights = this.inside + 64 * Math.ceil((box * box) / 64);
    this.work = 64 * Math.ceil((this.weights + 4 * (box + blurColumns)) / 64);
    memory.reserve(this.work + 32 * box + 128 + workBytes + 256);
    const { floats } = memory.views;
    floats.fill(0, this.copy / 4, this.pixels / 4);
    floats.set(blur, this.weights / 4);
    floats.fill(0, this.weights / 4 + box, this.weights / 4 + box + blurColumns);
    floats.set(blur.subarray(0, Math.min(blurColumns, halfColumns(box))), this.weights / 4 + box);
  }

  /** The image of a slice; the slice is lost. */
  image(slice: number): Float32Array {
    this.inverse(slice, this.used);
    const { box } = this.projector;
    return this.slicer.memory.views.floats.subarray(this.pixels / 4, this.pixels / 4 + box * box);
  }

  footprint(slice: number): { readonly inside: Uint8Array; readonly total: number } {
    const { box } = this.projector;
    const { kernels, memory } = this.slicer;
    kernels.weighted(
      ...([slice, this.copy, this.usedByBlur, this.slices.blockBytes, box] as const),
      ...([this.weights, this.weights + 4 * box] as const),
    );
    this.inverse(this.copy, this.usedByBlur);
    const level = footprintLevel(this.projector);
    const total = kernels.threshold(this.pixels, box * box, level, this.inside);
    return { inside: new Uint8Array(memory.buffer, this.inside, box * box), total };
  }

  private inverse(slice: number, used: number): void {
    const { box } = this.projector;
    const { kernels } = this.slicer;
    const { blockBytes } = this.slices;
    kernels.transformGroups(this.plan, slice, used, blockBytes, 32, this.work);
    kernels.inverseRows(
      ...([this.plan, slice, blockBytes, box, this.pixels, box, 1 / (box * box), this.work] as const),
    );
  }
}
