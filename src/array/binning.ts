import { inRange } from "../core/check.js";
import { fourierResample } from "./fft/resample.js";
import type { Image } from "./image.js";

type Shape = readonly [rows: number, columns: number];

/** A coarser sampling of a micrograph and the way back. Pixel (0, 0) stays where it is. */
export interface Binning {
  readonly raw: Shape;
  readonly binned: Shape;
}

/** Ratios of pixel sizes nearer to 1 are not worth a second copy of a micrograph. */
const LEAST_RATIO = 1.1;

/**
 * The sampling at `target` angstrom per pixel, or a little finer, so that no detail is lost that the target would hold: the longer
 * side gets the fewest pixels that are enough, the other side the number that comes nearest to square pixels (its pixel differs by
 * less than half a pixel over the whole side). Undefined where the micrograph is as coarse already.
 *
 * @param pixelSize angstrom
 * @param target angstrom
 * @throws DomainError for pixel sizes outside 0.01 to 1000 angstrom
 */
export function planBinning(raw: Shape, pixelSize: number, target: number): Binning | undefined {
  inRange("pixel size", pixelSize, "angstrom", 0.01, 1000);
  inRange("working pixel size", target, "angstrom", 0.01, 1000);
  if (target / pixelSize < LEAST_RATIO) return undefined;
  const longer = Math.max(...raw);
  // a rounding error must not make one pixel more of a ratio that divides the side
  const most = Math.ceil((longer * pixelSize) / target - 1e-6);
  const [rows, columns] = raw.map((n) => Math.max(1, Math.round((n * most) / longer))) as [number, number];
  return { raw, binned: [rows, columns] };
}

/** Angstrom per pixel of the binned micrograph, along its longer side. */
export function binnedPixelSize({ raw, binned }: Binning, pixelSize: number): number {
  const axis = raw[0] > raw[1] ? 0 : 1;
  return (pixelSize * raw[axis]) / binned[axis];
}

/**
 * The image at the coarser sampling, by cutting its Fourier transform: every detail that the coarser pixels can hold stays as it
 * is, and nothing finer is folded into it. The mean is kept.
 */
export const binImage = (image: Image, { binned }: Binning): Image => fourierResample(image, binned);

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place on the raw micrograph, from its pixel coordinates on the binned one. Exact: the two are a factor apart. */
export const toRaw = ({ raw, binned }: Binning, { x, y }: Point): Point => ({
  x: (x * raw[1]) / binned[1],
  y: (y * raw[0]) / binned[0],
});

/** A place on the binned micrograph, from its pixel coordinates on the raw one. */
export const toBinned = ({ raw, binned }: Binning, { x, y }: Point): Point => ({
  x: (x * binned[1]) / raw[1],
  y: (y * binned[0]) / raw[0],
});
