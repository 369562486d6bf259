import { gaussianBlur } from "../../../src/array/filter.js";
import { type Image, zeros } from "../../../src/array/image.js";
import { mean, variance } from "../../../src/array/statistics.js";
import { Random } from "../../../src/core/random.js";
import type { ImageSource } from "../../../src/train/image-source.js";
import { skewedNoise } from "../../../src/translate/noise/innovations.js";
import type { Centre } from "../../../src/translate/samples/particle-average.js";
import type { LabelledImage, TrainingSet } from "../../../src/translate/samples/sampler.js";

export interface ToySizes {
  readonly real: number;
  readonly simulated: number;
  /** Of the square micrographs. */
  readonly side: number;
  /** Of the white noise under the real ones. */
  readonly skewness?: number;
  /** Particles in each simulated micrograph. */
  readonly particles?: number;
}

const DIAMETER = 24;

/** A CTF for whatever needs one; the toy images know nothing of it. */
export const TOY_OPTICS = {
  pixelSize: 4,
  voltage: 300,
  sphericalAberration: 2.7,
  amplitudeContrast: 0.1,
  defocusU: 20_000,
  defocusV: 19_500,
  defocusAngle: 30,
  phaseShift: 0,
} as const;

/**
 * Dark rings on nothing, and "real" micrographs made of other rings with correlated noise at a known share of signal:
 * a training set of which everything is known.
 */
export function toyTrainingSet({ real, simulated, side, skewness = 0, particles = 20 }: ToySizes) {
  const signalShare = 0.25;
  const source = <T>(count: number, make: (index: number) => T): ImageSource<T> => {
    const all = Array.from({ length: count }, (_, i) => make(i));
    return { count, load: async (index) => all[index]! };
  };
  const set: TrainingSet = {
    real: source(real, (i) => realMicrograph(side, particles, signalShare, skewness, i)),
    simulated: source(simulated, (i) => cleanMicrograph(side, particles, Random.of(1, "toy simulated", i))),
    realDefocus: [],
    particleDiameter: DIAMETER * 4,
    pixelSize: 4,
  };
  return { set, signalShare };
}

function cleanMicrograph(side: number, particles: number, random: Random): LabelledImage {
  const image = zeros(side, side);
  const mask = new Uint8Array(side * side);
  const centres: Centre[] = [];
  const inner = DIAMETER / 2 - 5;
  for (let p = 0; p < particles; p++) {
    const centre = { x: random.uniform(0, side), y: random.uniform(0, side) };
    if (centres.some(({ x, y }) => (x - centre.x) ** 2 + (y - centre.y) ** 2 < DIAMETER ** 2)) continue;
    centres.push(centre);
    for (let i = 0; i < mask.length; i++) {
      const r = Math.sqrt(((i % side) - centre.x) ** 2 + (Math.floor(i / side) - centre.y) ** 2);
      if (r > DIAMETER / 2) continue;
      mask[i] = 255;
      image.data[i] = r > inner ? -1 : -0.3;
    }
  }
  const smooth = gaussianBlur(image, 1);
  return {
    image: smooth,
    optics: TOY_OPTICS,
    mask,
    centres,
    mean: mean(smooth.data),
    variance: variance(smooth.data),
  };
}

function realMicrograph(
  side: number,
  particles: number,
  share: number,
  skewness: number,
  index: number,
): Image {
  const random = Random.of(2, "toy real", index);
  const clean = cleanMicrograph(side, particles, random);
  const white = skewedNoise([side, side], { skewness, kurtosis: 0 }, random);
  const smooth = gaussianBlur(white, 1.5);
  const noise = white.data.map((value, i) => value + 2 * smooth.data[i]!);
  const noiseScale = Math.sqrt((1 - share) / variance(noise));
  const cleanScale = clean.variance > 0 ? Math.sqrt(share / clean.variance) : 0;
  const data = noise.map((value, i) => noiseScale * value + cleanScale * (clean.image.data[i]! - clean.mean));
  return { data, shape: [side, side] };
}
