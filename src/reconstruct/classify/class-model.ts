import type { NoiseSums } from "../refine/noise.js";
import type { PlaneSums } from "./plane-sums.js";

/** How an iteration of a classification compares images with class averages. Plain data. */
export interface ClassPlan {
  /** Rows and columns of the images. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
  /** Pixels across the particle: of the masks of images and averages, and of what decides the steps. */
  readonly diameter: number;
  /** Frequency steps of the box up to which images and averages are compared. */
  readonly limit: number;
  /** Frequency steps up to which images are added to the averages. */
  readonly reach: number;
  /** Degrees, of the grid of in-plane angles. */
  readonly turn: number;
  /** Pixels about the last shift within which shifts are looked for. */
  readonly shiftRange: number;
}

/** What images are compared with. Plain data. */
export interface ClassModel {
  /** Class averages, box x box each. */
  readonly averages: readonly Float32Array[];
  /** Of each optics group: the mean of |transform|² of the noise at each ring. */
  readonly noise: readonly Float64Array[];
  /** Pixels: standard deviation of the shifts along an axis. */
  readonly shiftDeviation: number;
}

/** What some images add to the next averages, noise and shares. Plain data. */
export interface ClassSums {
  /** Of each class, the images of its two halves. */
  readonly planes: readonly (readonly [PlaneSums, PlaneSums])[];
  /** Of each class: the sum over images of its probability. */
  readonly members: Float64Array;
  readonly noise: NoiseSums["groups"];
  /** Sum over images of the mean square of their shifts along an axis, pixels². */
  readonly shiftSquares: number;
  readonly images: number;
}
