import { gaussianBlur } from "../array/filter.js";
import { type Image, zeros } from "../array/image.js";
import { kMeans1d } from "../array/regions/cluster.js";
import { quantile, robustScale } from "../array/statistics.js";
import { integerInRange } from "../core/check.js";
import { DomainError } from "../core/errors.js";

/** How an ice gradient is estimated. */
export interface IceOptions {
  /** Groups of intensity, 2 to 32; 7 when absent. */
  readonly groups?: number;
  /** Patches along the shorter side; 32 when absent. */
  readonly patches?: number;
}

/** A mean of fewer standard deviations than this cannot be a count of electrons. */
const COUNTS = 2;
/** Mean and standard deviation given to images that are not counts: the grey levels of CryoGEM, of 255. */
const GREY = { mean: 150, standardDeviation: 40 } as const;
/** Width of the last smoothing, as a share of the shorter side. */
const SMOOTH = 0.06;
/** Patches farther from the median than this many robust standard deviations are dirt and set to the limit. */
const DIRT = 3;

/**
 * Ice gradient W of a micrograph, 1 where the ice is thinnest (lightest) and lower where it is thicker, on a coarse grid over
 * the field of view; `resampleIce` brings it to any size.
 *
 * In the way of IceBreaker (Olek et al. 2022, Structure 30:522): low-pass, mean over a grid of patches, k-means of the means,
 * each group's mean over the largest, a broad smooth. Intensities are taken for electron counts; an image that cannot be
 * one (negative values, or a mean below two standard deviations) is first given mean 150 and standard deviation 40.
 *
 * @returns values in (0, 1]
 * @throws DomainError for a constant image
 */
export function estimateIce(image: Image, { groups = 7, patches = 32 }: IceOptions = {}): Image {
  integerInRange("ice groups", groups, 2, 32);
  integerInRange("ice patches", patches, 4, 256);
  const side = Math.min(...image.shape);
  const patch = side / patches;
  const grid = patchMeans(gaussianBlur(asCounts(image), patch / 2), patch);
  clipDirt(grid.data);
  const { centres, labels } = kMeans1d(grid.data, groups);
  const lightest = centres[centres.length - 1]!;
  const levels = {
    data: Float32Array.from(labels, (label) => centres[label]! / lightest),
    shape: grid.shape,
  };
  const smooth = gaussianBlur(levels, SMOOTH * patches);
  const top = smooth.data.reduce((a, b) => Math.max(a, b));
  return { data: smooth.data.map((w) => Math.min(1, w / top)), shape: smooth.shape };
}

function asCounts(image: Image): Image {
  const { mean, standardDeviation } = robustScale(image.data);
  if (!(standardDeviation > 0)) throw new DomainError("micrograph", "a constant image", "some contrast");
  const low = mean - 6 * standardDeviation;
  const high = mean + 6 * standardDeviation;
  const isCount = mean > COUNTS * standardDeviation && image.data.every((value) => value >= 0);
  const scale = isCount ? 1 : GREY.standardDeviation / standardDeviation;
  const offset = isCount ? 0 : GREY.mean - mean * scale;
  return {
    data: image.data.map((value) => Math.max(low, Math.min(high, value)) * scale + offset),
    shape: image.shape,
  };
}

/** Means over the cells of a grid with cells of about `patch` pixels. */
function patchMeans(image: Image, patch: number): Image {
  const [rows, columns] = image.shape;
  const out = zeros(Math.round(rows / patch), Math.round(columns / patch));
  const [down, across] = out.shape;
  for (let v = 0; v < down; v++) {
    const top = Math.floor((v * rows) / down);
    const bottom = Math.floor(((v + 1) * rows) / down);
    for (let u = 0; u < across; u++) {
      const left = Math.floor((u * columns) / across);
      const right = Math.floor(((u + 1) * columns) / across);
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += image.data[y * columns + x]!;
      out.data[v * across + u] = sum / ((bottom - top) * (right - left));
    }
  }
  return out;
}

/** In place: values far from the median become the limit. */
function clipDirt(values: Float32Array): void {
  const median = quantile(values, 0.5);
  const spread =
    1.4826 *
    quantile(
      values.map((value) => Math.abs(value - median)),
      0.5,
    );
  if (spread === 0) return;
  const low = Math.max(median - DIRT * spread, median / 20);
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.min(median + DIRT * spread, Math.max(low, values[i]!));
  }
}
