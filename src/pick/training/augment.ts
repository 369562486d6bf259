import { gaussianBlur } from "../../array/filter.js";
import { standardDeviation } from "../../array/statistics.js";
import type { Random } from "../../core/random.js";

/** Share of crops that are blurred, and of crops that get more noise. */
const BLURRED = 0.5;
const NOISIER = 0.5;
/**
 * Largest standard deviation of the blur, in particle diameters: most of a particle's grain is gone then, which depends on
 * defocus and detector, and its darkness and outline are left.
 */
const LARGEST_BLUR = 1 / 12;
/** Least of it, pixels. */
const LEAST_BLUR = 0.2;
/** Largest standard deviation of the noise, in the image's own. */
const LARGEST_NOISE = 0.7;
/** Contrast changes by at most this factor. */
const LARGEST_CONTRAST = 1.3;
/** Standard deviation of a change of brightness, and of its slope from edge to edge. */
const BRIGHTNESS = 0.1;
const SLOPE = 0.15;

/**
 * Changes a square crop, row by row, in place, as another micrograph of the same particles might differ.
 *
 * @param diameter of a particle, pixels
 */
export function changeContrast(crop: Float32Array, side: number, diameter: number, random: Random): void {
  if (random.uniform() < BLURRED) {
    blur(crop, side, random.uniform(LEAST_BLUR, LARGEST_BLUR * diameter));
  }
  const noise = random.uniform() < NOISIER ? random.uniform(0, LARGEST_NOISE) : 0;
  // but for the change of contrast the spread stays 1, as a micrograph with more noise has it after its normalisation
  const factor = LARGEST_CONTRAST ** random.uniform(-1, 1) / Math.sqrt(1 + noise * noise);
  const offset = random.normal(0, BRIGHTNESS);
  const across = random.normal(0, SLOPE) / side;
  const down = random.normal(0, SLOPE) / side;
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const noisy = noise > 0 ? crop[i]! + noise * random.normal() : crop[i]!;
      crop[i] = factor * noisy + offset + across * (column - side / 2) + down * (row - side / 2);
    }
  }
}

/** Blurs a square crop in place; its spread stays, as a picker sees blurred micrographs too at unit spread. */
function blur(crop: Float32Array, side: number, width: number): void {
  const before = standardDeviation(crop);
  crop.set(gaussianBlur({ data: crop.slice(), shape: [side, side] }, width).data);
  const after = standardDeviation(crop);
  if (!(after > 0)) return;
  for (let i = 0; i < crop.length; i++) crop[i]! *= before / after;
}
