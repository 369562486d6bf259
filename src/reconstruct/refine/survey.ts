import { centre } from "../../array/image.js";
import { frequenciesWithin } from "../search/frequencies.js";
import type { SearchPlan } from "./expectation.js";
import { type GroupNoise, NoiseSums } from "./noise.js";
import { maskedImage, type RefinedParticle, spectrumOf } from "./particle-image.js";

/** What images say before anything is searched. Plain data. */
export interface Surveyed {
  /** Their whole power: what noise is taken to be at first. */
  readonly noise: readonly GroupNoise[];
  /** Standard deviation of each image beyond the particle. */
  readonly deviations: readonly number[];
}

/** @param images box x box each; @param groups number of optics groups */
export function surveyImages(
  images: readonly Float32Array[],
  particles: readonly RefinedParticle[],
  { box, pixelSize, diameter }: Pick<SearchPlan, "box" | "pixelSize" | "diameter">,
  groups: number,
): Surveyed {
  const all = frequenciesWithin(box, box / 2);
  const noise = new NoiseSums(groups, all);
  const deviations = images.map((pixels, i) => {
    const particle = particles[i]!;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    noise.ofImage(particle.group, spectrumOf(masked, particle, all, pixelSize));
    return deviationBeyond(pixels, box, diameter / 2);
  });
  return { noise: noise.groups, deviations };
}

/** Standard deviation of the pixels beyond a radius, in pixels, from the centre. */
function deviationBeyond(pixels: Float32Array, box: number, radius: number): number {
  const c = centre(box);
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [(i % box) - c, Math.floor(i / box) - c];
    if (x * x + y * y < radius * radius) continue;
    count++;
    sum += pixels[i]!;
    squares += pixels[i]! ** 2;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
