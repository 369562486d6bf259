import type { Image } from "../../array/image.js";
import type { Random } from "../../core/random.js";
import { imageShare, type SamplingStep, samplingSteps } from "./schedule.js";

/** The noise that a model sees in an image at a time. */
export type NoiseOf = (image: Image, time: number) => Promise<Float32Array>;

export interface CycleSampling {
  /** Time up to which images are noised before they are taken back by the other model, 1 to 999. */
  readonly start: number;
  /** Steps back from there. */
  readonly steps: number;
  /** Share of fresh noise in each step: above 0, since the encoder is stochastic. */
  readonly eta: number;
  /** Time up to which the result is noised and taken back once more, by the target's model alone; 0: not. */
  readonly refine: number;
}

/**
 * CycleDiffusion (Wu & De la Torre 2023): an image of the source's domain in that of the target. The source's model encodes it
 * stochastically: noised to x_T, taken back along the posterior q(x_to | x_from, x_0), what is kept of each step is the noise
 *
 *   z = (x_to - mean_source(x_from)) / sigma
 *
 * that its model would have needed. The target's model goes the same way from the same x_T with the same z. Both ways are gone at once, so that no
 * z is stored. With one model on both sides the image comes back.
 */
export async function cycleDiffusion(
  image: Image,
  source: NoiseOf,
  target: NoiseOf,
  { start, steps, eta, refine }: CycleSampling,
  random: Random,
): Promise<Image> {
  const { shape } = image;
  let x = noised(image, start, random);
  let y = x;
  for (const step of samplingSteps(start, steps, eta)) {
    const next = step.to === 0 ? image.data : posterior(x, image.data, step, random);
    const meanOfSource = stepMean(x, await source(x, step.from), step);
    const meanOfTarget = stepMean(y, await target(y, step.from), step);
    const { sigma } = step;
    const taken = meanOfTarget.map((mean, i) => mean + sigma * ((next[i]! - meanOfSource[i]!) / sigma));
    x = { data: next, shape };
    y = { data: taken, shape };
  }
  return refine === 0
    ? y
    : refined(y, target, { start: refine, steps: refineSteps(refine, start, steps) }, random);
}

/** As many steps for a share of the times as that share of the steps. */
const refineSteps = (refine: number, start: number, steps: number): number =>
  Math.max(1, Math.round((steps * refine) / start));

/** Noised to a time and taken back by a model, with all the fresh noise of a DDPM (eta 1). */
async function refined(
  image: Image,
  model: NoiseOf,
  { start, steps }: { readonly start: number; readonly steps: number },
  random: Random,
): Promise<Image> {
  let x = noised(image, start, random);
  for (const step of samplingSteps(start, steps, 1)) {
    const mean = stepMean(x, await model(x, step.from), step);
    const fresh = normals(mean.length, random);
    const sigma = step.to === 0 ? 0 : step.sigma;
    x = { data: mean.map((value, i) => value + sigma * fresh[i]!), shape: x.shape };
  }
  return x;
}

function noised({ data, shape }: Image, time: number, random: Random): Image {
  const [signal, noise] = [Math.sqrt(imageShare(time)), Math.sqrt(1 - imageShare(time))];
  const fresh = normals(data.length, random);
  return { data: data.map((value, i) => signal * value + noise * fresh[i]!), shape };
}

/** A draw of q(x_to | x_from, x_0). */
function posterior(
  { data: x }: Image,
  original: Float32Array,
  { from, to, sigma }: SamplingStep,
  random: Random,
): Float32Array {
  const [a, b] = [imageShare(from), imageShare(to)];
  const [signal, kept] = [Math.sqrt(b), Math.sqrt(1 - b - sigma * sigma)];
  const fresh = normals(x.length, random);
  return original.map((clean, i) => {
    const noise = (x[i]! - Math.sqrt(a) * clean) / Math.sqrt(1 - a);
    return signal * clean + kept * noise + sigma * fresh[i]!;
  });
}

/** Mean of x_to for what a model says is the noise in x_from. */
function stepMean({ data: x }: Image, noise: Float32Array, { from, to, sigma }: SamplingStep): Float32Array {
  const [a, b] = [imageShare(from), imageShare(to)];
  const kept = Math.sqrt(1 - b - sigma * sigma);
  return x.map((value, i) => {
    const clean = (value - Math.sqrt(1 - a) * noise[i]!) / Math.sqrt(a);
    return Math.sqrt(b) * clean + kept * noise[i]!;
  });
}

const normals = (count: number, random: Random): Float32Array => random.fillNormal(new Float32Array(count));
