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
  /** Of each image: mean within the particle's circle less that beyond it, in the sign by which protein is white. */
  readonly contrasts: readonly number[];
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
  const looks = images.map((pixels, i) => {
    const particle = particles[i]!;
    const masked = maskedImage(pixels, box, diameter / 2, particle.shift);
    noise.ofImage(particle.group, spectrumOf(masked, particle, all, pixelSize));
    const { deviation, contrast } = lookAt(pixels, box, diameter / 2);
    return { deviation, contrast: Math.sign(particle.contrast) * contrast };
  });
  return {
    noise: noise.groups,
    deviations: looks.map(({ deviation }) => deviation),
    contrasts: looks.map(({ contrast }) => contrast),
  };
}

/** Standard deviation of the pixels beyond a radius, in pixels, from the centre, and by how much the mean within lies above theirs. */
function lookAt(
  pixels: Float32Array,
  box: number,
  radius: number,
): { readonly deviation: number; readonly contrast: number } {
  const c = centre(box);
  let [within, inside, beyond, sum, squares] = [0, 0, 0, 0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [(i % box) - c, Math.floor(i / box) - c];
    if (x * x + y * y < radius * radius) {
      within++;
      inside += pixels[i]!;
      continue;
    }
    beyond++;
    sum += pixels[i]!;
    squares += pixels[i]! ** 2;
  }
  const mean = sum / beyond;
  return {
    deviation: Math.sqrt(Math.max(0, squares / beyond - mean ** 2)),
    contrast: inside / within - mean,
  };
}
