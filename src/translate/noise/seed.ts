import type { Image } from "../../array/image.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import type { Random } from "../../core/random.js";
import { colouredNoise, type NoisePower, whiteNoise } from "../../physics/noise.js";
import { type Innovations, skewedNoise } from "./innovations.js";
import { applyGain } from "./power.js";
import { type MicrographCtf, ringPower } from "./rings.js";
import { type Unevenness, vary } from "./unevenness.js";

/**
 * The noise added to clean micrographs before a network sees them, with the same strength for every micrograph of a set: a
 * particle then stands out equally from a crowded field and from an empty one.
 */
export interface NoiseSeed {
  /** Standard deviation of the noise, in units of the clean micrographs. */
  readonly deviation: number;
  /** Standard deviation of the clean micrographs of the set: the root of their mean variance. */
  readonly cleanDeviation: number;
  /** Filter of the clean micrographs, which keeps the mean of their variances: particles as strong as real ones at every frequency. */
  readonly signal?: EvenProfile;
  /** Its spectrum; absent: white and normal (the paper). */
  readonly colour?: {
    readonly power: NoisePower;
    readonly innovations: Innovations;
    /** Power that comes on top where the micrograph's |CTF|² is 1: ice, whose Thon rings are the micrograph's own. */
    readonly rings?: EvenProfile;
  };
  /** How signal and noise together vary in strength over a micrograph and between micrographs. */
  readonly unevenness?: Unevenness;
}

/** A clean physics micrograph, or a part of one. */
export interface CleanMicrograph {
  readonly image: Image;
  /** Of the whole micrograph. */
  readonly mean: number;
  readonly optics: MicrographCtf;
}

/** Variance of the clean micrographs over variance of the noise. */
export const seedSnr = ({ deviation, cleanDeviation }: NoiseSeed): number =>
  (cleanDeviation / deviation) ** 2;

/** Standard deviation of clean micrographs with the seed's noise. */
export const noisyDeviation = ({ deviation, cleanDeviation }: NoiseSeed): number =>
  Math.sqrt(deviation * deviation + cleanDeviation * cleanDeviation);

/** Noise of unit variance of a seed's kind. */
export function unitNoise(
  shape: Image["shape"],
  { colour }: NoiseSeed,
  optics: MicrographCtf,
  random: Random,
): Image {
  if (!colour) return whiteNoise(shape, random);
  const power = colour.rings ? ringPower(colour.power, colour.rings, optics) : colour.power;
  return colouredNoise(shape, power, random, (size, stream) => skewedNoise(size, colour.innovations, stream));
}

/** What the network sees of a clean micrograph or a crop of one: noise added, mean 0, standard deviation 1 over the set. */
export function noisyInput(micrograph: CleanMicrograph, seed: NoiseSeed, random: Random): Image {
  const { shape } = micrograph.image;
  const noise = unitNoise(shape, seed, micrograph.optics, random).data;
  const scale = seed.deviation / noisyDeviation(seed);
  const data = cleanInput(micrograph.image, micrograph.mean, seed).data;
  const even: Image = { data: data.map((value, i) => value + scale * noise[i]!), shape };
  return seed.unevenness ? vary(even, seed.unevenness, random) : even;
}

/** The clean micrograph alone in the same units, its signal filtered as the seed says. */
export function cleanInput(clean: Image, mean: number, seed: NoiseSeed): Image {
  const scale = 1 / noisyDeviation(seed);
  const centred: Image = { data: clean.data.map((value) => (value - mean) * scale), shape: clean.shape };
  return seed.signal ? applyGain(centred, seed.signal) : centred;
}
