import { halfColumns } from "../array/spectrum/half.js";
import { ShapeError } from "../core/errors.js";
import type { RotationMatrix } from "../core/rotation.js";
import type { ReconstructionGrid } from "./grid.js";
import { insertPlain, placeSlice } from "./insert-reference.js";
import { fitsInserter, Inserter } from "./insert-wasm.js";
import { type ImageGroup, type ParticleView, sliceOfParticle, type WeightedSlice } from "./slice.js";
import { emptySums, type FourierSums } from "./sums.js";

/**
 * Adds up particles in Fourier space: direct inversion with trilinear insertion, data times CTF, weights CTF².
 *
 *   const projector = new BackProjector(reconstructionGrid({ box: 128, voxelSize: 1.5 }));
 *   projector.addParticle(pixels, { box: 128, pixelSize: 1.5 }, { matrix, shiftX, shiftY, ctf });
 *   const map = mapFromSums(projector.sums(), {});
 *
 * The sums depend on the order of additions in their last bits; sums of several projectors are joined by `addSums`.
 */
export class BackProjector {
  private readonly inserter: Inserter | undefined;
  private plain: FourierSums | undefined;

  constructor(readonly grid: ReconstructionGrid) {
    if (fitsInserter(grid)) this.inserter = new Inserter(grid);
  }

  /**
   * Adds a particle image, white protein.
   *
   * @throws ShapeError unless there are box x box pixels
   */
  addParticle(pixels: Float32Array, group: ImageGroup, view: ParticleView): void {
    const { box } = group;
    if (pixels.length !== box * box) {
      throw new ShapeError("BackProjector.addParticle: pixels", [pixels.length], `${box} x ${box}`);
    }
    if (this.inserter) this.inserter.addParticle(pixels, group, view);
    else this.addPlain(sliceOfParticle(pixels, group, view), group, view.matrix);
  }

  /**
   * Adds a slice that the caller made: of one image in one orientation, its shifts already summed.
   *
   * @param group box and pixel size of the image that the slice is the transform of
   * @throws ShapeError where data or weights do not fit the box
   */
  addSlice(slice: WeightedSlice, group: Pick<ImageGroup, "box" | "pixelSize">, matrix: RotationMatrix): void {
    const samples = group.box * halfColumns(group.box);
    if (slice.data.length !== 2 * samples || slice.weight.length !== samples) {
      const found = [slice.data.length, slice.weight.length];
      throw new ShapeError(
        "BackProjector.addSlice: data and weights",
        found,
        `${2 * samples} and ${samples}`,
      );
    }
    if (this.inserter) this.inserter.addSlice(slice, group.box, placeSlice(this.grid, group, matrix));
    else this.addPlain(slice, group, matrix);
  }

  /** What was added so far; the caller's own copy. */
  sums(): FourierSums {
    if (this.inserter) return this.inserter.sums();
    const { data, weight } = this.plain ?? emptySums(this.grid);
    return { grid: this.grid, data: data.slice(), weight: weight.slice() };
  }

  /** Starts again from nothing. */
  clear(): void {
    this.inserter?.clear();
    this.plain = undefined;
  }

  private addPlain(
    slice: WeightedSlice,
    group: Pick<ImageGroup, "box" | "pixelSize">,
    matrix: RotationMatrix,
  ): void {
    this.plain ??= emptySums(this.grid);
    insertPlain(this.plain, slice, group.box, placeSlice(this.grid, group, matrix));
  }
}
