import type { Image } from "../../array/image.js";
import type { RotationMatrix } from "../../core/rotation.js";
import type { Frequencies } from "../search/frequencies.js";
import { imageOfPlane, PLANE_STEP, type PlaneShape, planeRows, planeWidth } from "./plane.js";

/** What the images of one class add up to, before anything is divided. Plain data. */
export interface PlaneSums {
  readonly shape: PlaneShape;
  /** Sum of CTF / σ² times the image, interleaved re, im, in the order of `PlaneShape`. */
  readonly data: Float32Array;
  /** Sum of CTF² / σ². */
  readonly weight: Float32Array;
}

export function emptyPlaneSums(shape: PlaneShape): PlaneSums {
  const count = planeWidth(shape) * planeRows(shape);
  return { shape, data: new Float32Array(2 * count), weight: new Float32Array(count) };
}

/** Adds `more` to `sums`, in place. */
export function addPlaneSums(sums: PlaneSums, more: PlaneSums): void {
  for (let i = 0; i < sums.data.length; i++) sums.data[i]! += more.data[i]!;
  for (let i = 0; i < sums.weight.length; i++) sums.weight[i]! += more.weight[i]!;
}

/**
 * Adds an image's transform to the plane of its class, turned back: bilinear, in place.
 *
 * @param image real parts, then imaginary parts, at the frequencies; @param weights one of each frequency
 * @param matrix a rotation about z
 */
export function insertIntoPlane(
  { shape, data, weight }: PlaneSums,
  image: Float32Array,
  weights: Float32Array,
  { kx, ky, count }: Frequencies,
  matrix: RotationMatrix,
): void {
  const width = planeWidth(shape);
  const origin = (shape.reach + 1) * width;
  const length = kx.length;
  const [c, s] = [PLANE_STEP * matrix[0], PLANE_STEP * matrix[1]];
  for (let i = 0; i < count; i++) {
    let x = c * kx[i]! - s * ky[i]!;
    let y = s * kx[i]! + c * ky[i]!;
    const isTwin = x < 0;
    if (isTwin) [x, y] = [-x, -y];
    const re = image[i]!;
    const im = isTwin ? -image[length + i]! : image[length + i]!;
    const own = weights[i]!;
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - x0, y - y0];
    const at = origin + y0 * width + x0;
    add(at, (1 - fx) * (1 - fy));
    add(at + 1, fx * (1 - fy));
    add(at + width, (1 - fx) * fy);
    add(at + width + 1, fx * fy);

    function add(to: number, share: number): void {
      data[2 * to]! += share * re;
      data[2 * to + 1]! += share * im;
      weight[to]! += share * own;
    }
  }
}

/** The sums with what the half that is not stored adds at x = 0: of k and -k, whose values are conjugates, one was inserted. */
export function completed(sums: PlaneSums): PlaneSums {
  const { shape } = sums;
  const width = planeWidth(shape);
  const [data, weight] = [sums.data.slice(), sums.weight.slice()];
  for (let y = -shape.reach - 1; y <= shape.reach + 1; y++) {
    const [at, twin] = [(shape.reach + 1 + y) * width, (shape.reach + 1 - y) * width];
    data[2 * at]! += sums.data[2 * twin]!;
    data[2 * at + 1]! -= sums.data[2 * twin + 1]!;
    weight[at]! += sums.weight[twin]!;
  }
  return { shape, data, weight };
}

/** The rings of a plane, in frequency steps of the box. */
export const planeRings = ({ reach }: PlaneShape): number => Math.floor(reach / PLANE_STEP) + 1;

/** Visits every sample within the reach: its place and its ring. */
export function eachPlaneSample(shape: PlaneShape, visit: (at: number, ring: number) => void): void {
  const { reach } = shape;
  const width = planeWidth(shape);
  for (let y = -reach; y <= reach; y++) {
    for (let x = 0; x <= reach; x++) {
      const ring = Math.round(Math.sqrt(x * x + y * y) / PLANE_STEP);
      if (x * x + y * y <= reach * reach) visit((y + reach + 1) * width + x, ring);
    }
  }
}

/**
 * The average of a class: its sums divided by the weights plus one over the power of the signal (Wiener's filter).
 *
 * @param sums of the whole class, `completed`
 * @param power of the signal at each ring, the mean of |transform|²; 0: nothing of the ring is kept
 */
export function averageOf({ shape, data, weight }: PlaneSums, power: ArrayLike<number>): Image {
  const out = new Float32Array(data.length);
  eachPlaneSample(shape, (at, ring) => {
    const signal = power[ring]!;
    if (!(signal > 0)) return;
    // an image has PLANE_STEP² times as many samples here as it has frequencies, over which its weight is spread
    const divisor = weight[at]! + 1 / (PLANE_STEP ** 2 * signal);
    out[2 * at] = data[2 * at]! / divisor;
    out[2 * at + 1] = data[2 * at + 1]! / divisor;
  });
  return imageOfPlane(out, shape);
}

/**
 * The power of the signal of a class at each ring, from two halves of its images: what their sums have in common, over the
 * product of their weights. Noise, which the halves do not share, adds nothing on average. Smoothed over three rings.
 *
 * @param halves `completed`
 * @returns the power, at least 0, and the signal-to-noise ratio of the whole class's average
 */
export function signalOf([first, second]: readonly [PlaneSums, PlaneSums]): {
  readonly power: Float64Array;
  readonly signalToNoise: Float64Array;
} {
  const rings = planeRings(first.shape);
  const [common, product, weight, count] = [0, 0, 0, 0].map(() => new Float64Array(rings + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  eachPlaneSample(first.shape, (at, ring) => {
    common[ring]! +=
      first.data[2 * at]! * second.data[2 * at]! + first.data[2 * at + 1]! * second.data[2 * at + 1]!;
    product[ring]! += first.weight[at]! * second.weight[at]!;
    weight[ring]! += first.weight[at]! + second.weight[at]!;
    count[ring]!++;
  });
  const power = new Float64Array(rings);
  const signalToNoise = new Float64Array(rings);
  for (let ring = 1; ring < rings; ring++) {
    let [over, under] = [0, 0];
    for (let near = Math.max(1, ring - 1); near <= Math.min(rings - 1, ring + 1); near++) {
      over += common[near]!;
      under += product[near]!;
    }
    power[ring] = under > 0 ? Math.max(0, over / under) : 0;
    signalToNoise[ring] = (power[ring]! * PLANE_STEP ** 2 * weight[ring]!) / Math.max(1, count[ring]!);
  }
  return { power, signalToNoise };
}
