import { gaussianBlur } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { rescale } from "../../array/interpolation/rescale.js";
import { indexOfNonFinite, quantile } from "../../array/statistics.js";
import { inRange } from "../../core/check.js";
import { DomainError, ShapeError } from "../../core/errors.js";

/** What a network sees in place of a micrograph. */
export interface NetworkImage {
  /** Flat, of unit spread; particles still dark. */
  readonly image: Image;
  /** Micrograph pixels per pixel: pixel X is centred at (X + 0.5) scale - 0.5. */
  readonly scale: number;
}

/** A place in such an image, its pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface NetworkImageOptions {
  /** Of the micrograph, angstrom. */
  readonly pixelSize: number;
  /** Angstrom. */
  readonly particleDiameter: number;
  /** Pixels across a particle in the result. */
  readonly workingDiameter: number;
}

/** Grey levels farther than this from the median are cut off, in standard deviations: hot pixels, gold, ice. */
const LARGEST_DEVIATION = 5;
/** So many pixels tell the grey scale. */
const SAMPLES = 50_000;
/** Width of the Gaussians that mean and spread are taken over, in particle diameters. */
const MEAN_WIDTH = 1.5;
const SPREAD_WIDTH = 3;
/** Spread below which a region is not amplified further, over the image's median spread. */
const LEAST_SPREAD = 0.5;

/**
 * A micrograph as networks see it, in training and in use: a particle has the same size in pixels whatever the pixel size, grey
 * levels are cut at outliers, the broad background (ice, carbon, illumination) is subtracted and the local spread divided
 * out. A change of gain or offset changes nothing.
 *
 * @param name of the micrograph, for the messages
 * @throws DomainError for a value that is not finite, for an image of one value; ShapeError for one smaller than a particle
 */
export function networkImage(micrograph: Image, options: NetworkImageOptions, name: string): NetworkImage {
  const { pixelSize, particleDiameter, workingDiameter } = options;
  inRange("pixel size", pixelSize, "angstrom", 1e-3, 1e3);
  const scale = particleDiameter / workingDiameter / pixelSize;
  const [rows, columns] = micrograph.shape;
  const least = Math.ceil(particleDiameter / pixelSize);
  if (Math.min(rows, columns) < least) {
    throw new ShapeError(name, micrograph.shape, `room for one particle, ${least} x ${least} pixels`);
  }
  const shape = [Math.ceil(rows / scale - 0.01), Math.ceil(columns / scale - 0.01)] as const;
  const small = rescale(withoutOutliers(micrograph, name), scale, shape);
  return { image: flatten(small, workingDiameter), scale };
}

/** The image at median 0 and unit spread, cut at LARGEST_DEVIATION. */
function withoutOutliers({ data, shape }: Image, name: string): Image {
  requireFinite(data, shape[1], name);
  const { median, spread } = greyScale(data, shape[1]);
  if (!(spread > 0)) throw new DomainError(`${name}: grey levels`, data[0], "more than one value");
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const value = (data[i]! - median) / spread;
    out[i] = Math.abs(value) <= LARGEST_DEVIATION ? value : Math.sign(value) * LARGEST_DEVIATION;
  }
  return { data: out, shape };
}

function requireFinite(data: Float32Array, columns: number, name: string): void {
  const at = indexOfNonFinite(data);
  if (at < 0) return;
  const pixel = `${name}: pixel (${at % columns}, ${Math.floor(at / columns)})`;
  throw new DomainError(pixel, String(data[at]), "a finite number");
}

/** Median and robust standard deviation of some of the pixels; of all that differ where most are alike. */
function greyScale(data: Float32Array, columns: number): { median: number; spread: number } {
  let step = Math.max(1, Math.floor(data.length / SAMPLES));
  // a step that divides the columns would look at few of them
  if (step > 1 && columns % step === 0) step++;
  const sample = new Float32Array(Math.ceil(data.length / step));
  for (let i = 0, at = 0; at < data.length; i++, at += step) sample[i] = data[at]!;
  const median = quantile(sample, 0.5);
  // half the width of the middle 68 % is one standard deviation of a normal distribution
  const spread = (quantile(sample, 0.84134) - quantile(sample, 0.15866)) / 2;
  if (spread > 0) return { median, spread };
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]! - median));
  return { median, spread: largest / LARGEST_DEVIATION };
}

/** Plane and broad mean subtracted, then broad standard deviation divided out. */
function flatten(tilted: Image, diameter: number): Image {
  const image = withoutPlane(tilted);
  const broad = gaussianBlur(image, MEAN_WIDTH * diameter).data;
  const flat = image.data.map((value, i) => value - broad[i]!);
  const squares = flat.map((value) => value * value);
  const spread = gaussianBlur({ data: squares, shape: image.shape }, SPREAD_WIDTH * diameter).data;
  const least = Math.max(LEAST_SPREAD ** 2 * quantile(spread, 0.5), 1e-12);
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i]! / Math.sqrt(Math.max(spread[i]!, least));
    flat[i] = Math.max(-LARGEST_DEVIATION, Math.min(LARGEST_DEVIATION, value));
  }
  return { data: flat, shape: image.shape };
}

/** Less the plane nearest to it: a broad mean is bent where a slope meets an edge. */
function withoutPlane({ data, shape }: Image): Image {
  const [rows, columns] = shape;
  const [x0, y0] = [(columns - 1) / 2, (rows - 1) / 2];
  let [sum, alongX, alongY] = [0, 0, 0];
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) {
      sum += data[i]!;
      alongX += data[i]! * (x - x0);
      alongY += data[i]! * (y - y0);
    }
  }
  // on a full grid the three functions of a plane are orthogonal; the sum of (x - x0)² is n (columns² - 1) / 12
  const n = rows * columns;
  const mean = sum / n;
  const dx = (12 * alongX) / (n * Math.max(1, columns * columns - 1));
  const dy = (12 * alongY) / (n * Math.max(1, rows * rows - 1));
  const out = new Float32Array(n);
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) out[i] = data[i]! - mean - dx * (x - x0) - dy * (y - y0);
  }
  return { data: out, shape };
}
