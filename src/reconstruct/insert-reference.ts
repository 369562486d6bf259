import { halfColumns } from "../array/spectrum/half.js";
import type { RotationMatrix } from "../core/rotation.js";
import { gridSide, gridWidth, type ReconstructionGrid } from "./grid.js";
import type { ImageGroup, WeightedSlice } from "./slice.js";
import type { FourierSums } from "./sums.js";

/** Where the samples of a slice lie in the padded transform. */
export interface SlicePlacement {
  /** Steps in samples of the transform, x, y, z of one kx and then of one ky. */
  readonly steps: readonly [number, number, number, number, number, number];
  /** Frequency steps from zero up to which samples are added. */
  readonly radius: number;
}

/**
 * A frequency step of an image is 1 / (box · pixelSize), which need not be that of the map: images of several pixel sizes and
 * boxes meet in one transform.
 */
export function placeSlice(
  grid: ReconstructionGrid,
  { box, pixelSize }: Pick<ImageGroup, "box" | "pixelSize">,
  matrix: RotationMatrix,
): SlicePlacement {
  const stretch = (grid.box * grid.voxelSize) / (box * pixelSize);
  const s = grid.step * stretch;
  return {
    steps: [matrix[0] * s, matrix[1] * s, matrix[2] * s, matrix[3] * s, matrix[4] * s, matrix[5] * s],
    radius: Math.min(box / 2, grid.radius / stretch),
  };
}

/**
 * Adds a slice to the sums: each sample to the eight around its place, by trilinear shares. Of column 0, whose two halves say
 * the same, only ky > 0 counts, at zero frequency only the weight, and Nyquist of an even box once, as positive: as
 * relion_reconstruct does.
 *
 * Plain TypeScript, against which insert-wasm.ts is tested, and which adds slices to transforms too large for it.
 */
export function insertPlain(
  sums: FourierSums,
  slice: WeightedSlice,
  box: number,
  { steps, radius }: SlicePlacement,
): void {
  const columns = halfColumns(box);
  const highest = box >> 1;
  for (let ky = -((box - 1) >> 1); ky <= highest; ky++) {
    const inside = radius * radius - ky * ky;
    if (inside < 0) continue;
    const row = (ky < 0 ? ky + box : ky) * columns;
    const last = Math.min(highest, Math.floor(Math.sqrt(inside)));
    for (let kx = ky < 0 ? 1 : 0; kx <= last; kx++) {
      const isZero = kx === 0 && ky === 0;
      const i = row + kx;
      addSample(
        sums,
        steps[0] * kx + steps[3] * ky,
        steps[1] * kx + steps[4] * ky,
        steps[2] * kx + steps[5] * ky,
        isZero ? 0 : slice.data[2 * i]!,
        isZero ? 0 : slice.data[2 * i + 1]!,
        slice.weight[i]!,
      );
    }
  }
}

function addSample(
  { grid, data, weight }: FourierSums,
  ...[x, y, z, re, im, w]: [x: number, y: number, z: number, re: number, im: number, w: number]
): void {
  // a real volume's transform at -k is the conjugate of that at k: only x >= 0 is stored
  const sign = x < 0 ? -1 : 1;
  const [px, py, pz] = [sign * x, sign * y, sign * z];
  const [x0, y0, z0] = [Math.floor(px), Math.floor(py), Math.floor(pz)];
  const width = gridWidth(grid);
  const side = gridSide(grid);
  for (let corner = 0; corner < 8; corner++) {
    const [right, down, deep] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const share =
      (right ? px - x0 : 1 - px + x0) * (down ? py - y0 : 1 - py + y0) * (deep ? pz - z0 : 1 - pz + z0);
    const at = ((z0 + deep + grid.reach + 1) * side + y0 + down + grid.reach + 1) * width + x0 + right;
    data[2 * at]! += share * re;
    data[2 * at + 1]! += sign * share * im;
    weight[at]! += share * w;
  }
}
