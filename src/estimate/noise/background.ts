import { fourierFilter, gaussianBlur, localMean } from "../../array/filter.js";
import { type Image, zeros } from "../../array/image.js";
import { bin, sampleBilinear } from "../../array/resample.js";
import { quantile } from "../../array/statistics.js";
import { Random } from "../../core/random.js";

/** Where a micrograph shows ice and nothing else. */
export interface Background {
  /** 1 on the background, 0 on particles and dirt. */
  readonly mask: Image;
  /** Share of the field, 0 to 1. */
  readonly fraction: number;
}

/** Band in which particles stand out, and window in which its power is measured, in particle diameters. */
const BAND = { low: 0.6, high: 4 } as const;
const WINDOW = 0.7;
/** The quietest part is ice for sure; what is as noisy as noise may be, up to the 90th percentile, is ice too. */
const QUIET = 0.05;
const NOISY = 0.9;

/**
 * Finds the background: places where the local power in the band of particle-sized features is no higher than chance makes
 * it in noise. Chance is measured on white noise under the same filter; the level is set by the quietest twentieth of the
 * field. So an empty micrograph is nearly all background and a crowded one keeps the gaps between its particles.
 *
 * @param diameter pixels, of the particle or of what is to be told from ice
 */
export function findBackground(image: Image, diameter: number): Background {
  const factor = binningFor(diameter);
  const power = bandPower(bin(image, factor), diameter / factor);
  const noise = zeros(512, 512);
  Random.of(0, "background").fillNormal(noise.data);
  const chance = bandPower(noise, diameter / factor);
  const spread = quantile(chance.data, NOISY) / quantile(chance.data, QUIET);
  const threshold = spread * quantile(power.data, QUIET);
  const mask = zeros(...image.shape);
  let count = 0;
  eachPixel(image.shape, power.shape, factor, (i, from) => {
    if (power.data[from]! > threshold) return;
    mask.data[i] = 1;
    count++;
  });
  return { mask, fraction: count / mask.data.length };
}

/** How far an image can be averaged down without losing what is seen of particles: 24 pixels a diameter are enough. */
const binningFor = (diameter: number): number => Math.max(1, Math.floor(diameter / 24));

/** Calls visit(index, index of the binned pixel that covers it) for every pixel; the last rows belong to the last bin. */
function eachPixel(
  [rows, columns]: Image["shape"],
  [down, across]: Image["shape"],
  factor: number,
  visit: (index: number, from: number) => void,
): void {
  for (let y = 0; y < rows; y++) {
    const start = Math.min(down - 1, Math.floor(y / factor)) * across;
    for (let x = 0; x < columns; x++) {
      visit(y * columns + x, start + Math.min(across - 1, Math.floor(x / factor)));
    }
  }
}

/** Mean square of the band-passed image in a window about each pixel. */
function bandPower(image: Image, diameter: number): Image {
  const square = (k: number): number => 1 / (2 * (k / diameter) ** 2);
  const low = square(BAND.low);
  const high = square(BAND.high);
  const band = fourierFilter(image, (kx, ky) => {
    const k2 = kx * kx + ky * ky;
    return Math.exp(-k2 * high) - Math.exp(-k2 * low);
  });
  for (let i = 0; i < band.data.length; i++) band.data[i]! *= band.data[i]!;
  return localMean(band, 2 * Math.max(1, Math.round((WINDOW * diameter) / 2)) + 1);
}

/** The image less the local mean of its background (Gaussian weights of standard deviation sigma pixels), 0 elsewhere. */
export function flattenBackground(image: Image, { mask }: Background, sigma: number): Image {
  const factor = binningFor(sigma);
  const shown = zeros(...image.shape);
  for (let i = 0; i < shown.data.length; i++) shown.data[i] = mask.data[i]! * image.data[i]!;
  const sums = gaussianBlur(bin(shown, factor), sigma / factor);
  const weights = gaussianBlur(bin(mask, factor), sigma / factor);
  for (let i = 0; i < sums.data.length; i++) sums.data[i]! /= Math.max(weights.data[i]!, 1e-6);
  const [rows, columns] = image.shape;
  const middle = (factor - 1) / 2;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      if (mask.data[i] === 0) continue;
      shown.data[i]! -= sampleBilinear(sums, (x - middle) / factor, (y - middle) / factor);
    }
  }
  return shown;
}
