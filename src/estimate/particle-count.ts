import { fourierFilter } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { profileAtLog, type RadialProfile } from "../array/spectrum/profile.js";
import { quantile } from "../array/statistics.js";
import { ctf } from "../physics/optics/ctf.js";
import type { Defocus, Optics } from "../physics/optics/optics.js";

/** What the search for particle-like spots has to know of a micrograph. */
export interface SpotOptions {
  readonly optics: Optics;
  readonly defocus: Defocus;
  /** Angstrom. */
  readonly particleDiameter: number;
  /** Power of the background, cycles per pixel. */
  readonly noise: RadialProfile;
  /** 1 where there are no particles: sets the scale of the response. */
  readonly background: Image;
}

/** A place that looks like a particle. */
export interface Spot {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
  /** Response of the filter in standard deviations of its background. */
  readonly strength: number;
}

/** Least response, in standard deviations, and least distance of two spots, in diameters. */
export const LEAST = 4.5;
const APART = 0.8;
/** Finer detail than this, angstrom, differs from particle to particle; coarser than 2 diameters is illumination. */
export const FINEST = 20;
const COARSEST = 0.5;
/** Width of a compact particle's Gaussian, and inner radius of a hollow one over its outer. */
const COMPACT = 0.18;
export const HOLLOW = 0.6;
/** How many of the strongest spots decide between the two shapes. */
const DECISIVE = 50;

/**
 * Places that look like particles, strongest first, none within 0.8 diameters of a stronger one: an estimate of how many
 * there are, not a picker. A matched filter (template times CTF over noise power) for two shapes, a compact blob and a
 * hollow shell; the one that finds the stronger spots is taken.
 */
export function findSpots(image: Image, options: SpotOptions): readonly Spot[] {
  const diameter = options.particleDiameter / options.optics.pixelSize;
  const shapes: ((k: number) => number)[] = [
    (k) => Math.exp(-2 * (Math.PI * k * diameter * COMPACT) ** 2),
    (k) => ballTransform((k * diameter) / 2) - HOLLOW ** 3 * ballTransform((k * diameter * HOLLOW) / 2),
  ];
  const found = shapes.map((shape) =>
    spotsOf(matchedResponse(image, shape, diameter, options), options, diameter),
  );
  const strength = (spots: readonly Spot[]): number =>
    spots.slice(0, DECISIVE).reduce((sum, spot) => sum + spot.strength, 0);
  return found.reduce((a, b) => (strength(b) > strength(a) ? b : a));
}

/** Transform of a ball of radius 1 about its centre, 1 at k = 0: that of its projection along any direction. */
export function ballTransform(k: number): number {
  const x = 2 * Math.PI * k;
  return x < 1e-3 ? 1 : (3 * (Math.sin(x) - x * Math.cos(x))) / (x * x * x);
}

function matchedResponse(
  image: Image,
  shape: (k: number) => number,
  diameter: number,
  { optics, defocus, noise }: SpotOptions,
): Image {
  const transfer = ctf({ ...optics, ...defocus });
  return fourierFilter(image, (kx, ky) => {
    const k = Math.sqrt(kx * kx + ky * ky);
    if (k * FINEST > optics.pixelSize || k * diameter < COARSEST) return 0;
    // protein is dark in a micrograph: minus the CTF
    return (-shape(k) * transfer(kx / optics.pixelSize, ky / optics.pixelSize)) / profileAtLog(noise, k);
  });
}

/** Maxima of a response that stand out of its background, strongest first, apart by most of a diameter in pixels; at most so many. */
export function spotsOf(
  response: Image,
  { background }: Pick<SpotOptions, "background">,
  diameter: number,
  most = Number.POSITIVE_INFINITY,
): readonly Spot[] {
  const quiet = sampleWhere(response, background);
  const median = quantile(quiet, 0.5);
  // of a normal distribution's middle: spots that the mask let through do not count
  const deviation = (quantile(quiet, 0.8413) - quantile(quiet, 0.1587)) / 2;
  const candidates = localMaxima(response, median + LEAST * deviation)
    .map(({ x, y, value }) => ({ x, y, strength: (value - median) / deviation }))
    .sort((a, b) => b.strength - a.strength || a.y - b.y || a.x - b.x);
  const kept: Spot[] = [];
  const least = (APART * diameter) ** 2;
  for (const spot of candidates) {
    if (kept.length >= most) break;
    if (kept.every(({ x, y }) => (x - spot.x) ** 2 + (y - spot.y) ** 2 >= least)) kept.push(spot);
  }
  return kept;
}

/** Values where a mask is 1, at most about so many. */
const MOST_SAMPLES = 100_000;

function sampleWhere({ data }: Image, mask: Image): Float32Array {
  // a prime step does not follow the rows
  const step = data.length > 2 * MOST_SAMPLES ? nextPrime(Math.floor(data.length / MOST_SAMPLES)) : 1;
  const found = new Float32Array(Math.ceil(data.length / step));
  let count = 0;
  for (let i = 0; i < data.length; i += step) if (mask.data[i] === 1) found[count++] = data[i]!;
  return found.subarray(0, count);
}

function nextPrime(n: number): number {
  for (let p = n; ; p++) {
    let factor = 2;
    while (factor * factor <= p && p % factor !== 0) factor++;
    if (factor * factor > p) return p;
  }
}

function localMaxima(
  { data, shape: [rows, columns] }: Image,
  least: number,
): { readonly x: number; readonly y: number; readonly value: number }[] {
  const found = [];
  for (let y = 1; y < rows - 1; y++) {
    for (let x = 1; x < columns - 1; x++) {
      const i = y * columns + x;
      const value = data[i]!;
      if (value < least || value <= data[i - 1]! || value < data[i + 1]!) continue;
      if (value > data[i - columns]! && value >= data[i + columns]!) found.push({ x, y, value });
    }
  }
  return found;
}
