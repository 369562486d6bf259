import type { Image } from "../../array/image.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import type { Random } from "../../core/random.js";
import { colouredNoise, type NoisePower, whiteNoise } from "../../physics/noise.js";
import { type Innovations, skewedNoise } from "./innovations.js";
import { applyGain } from "./power.js";
import { type MicrographCtf, withThonRings } from "./thon-rings.js";
import { type Unevenness, vary } from "./unevenness.js";

/**
 * The noise added to clean micrographs before a network sees them, with the same strength for every micrograph of a set: a
 * particle then stands out equally from a crowded field and from an empty one.
 */
export interface NoiseField {
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
    readonly thonRings?: EvenProfile;
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
export const fieldSnr = ({ deviation, cleanDeviation }: NoiseField): number =>
  (cleanDeviation / deviation) ** 2;

/** Standard deviation of clean micrographs with their noise. */
export const noisyDeviation = ({ deviation, cleanDeviation }: NoiseField): number =>
  Math.sqrt(deviation * deviation + cleanDeviation * cleanDeviation);

/** Noise of unit variance of a noise field's kind. */
export function unitNoise(
  shape: Image["shape"],
  { colour }: NoiseField,
  optics: MicrographCtf,
  random: Random,
): Image {
  if (!colour) return whiteNoise(shape, random);
  const power = colour.thonRings ? withThonRings(colour.power, colour.thonRings, optics) : colour.power;
  return colouredNoise(shape, power, random, (size, stream) => skewedNoise(size, colour.innovations, stream));
}

/** What the network sees of a clean micrograph or a crop of one: noise added, mean 0, standard deviation 1 over the set. */
export function noisyInput(micrograph: CleanMicrograph, field: NoiseField, random: Random): Image {
  const { shape } = micrograph.image;
  const noise = unitNoise(shape, field, micrograph.optics, random).data;
  const scale = field.deviation / noisyDeviation(field);
  const data = cleanInput(micrograph.image, micrograph.mean, field).data;
  const even: Image = { data: data.map((value, i) => value + scale * noise[i]!), shape };
  return field.unevenness ? vary(even, field.unevenness, random) : even;
}

/** The clean micrograph alone in the same units, its signal filtered as the noise field says. */
export function cleanInput(clean: Image, mean: number, field: NoiseField): Image {
  const scale = 1 / noisyDeviation(field);
  const centred: Image = { data: clean.data.map((value) => (value - mean) * scale), shape: clean.shape };
  return field.signal ? applyGain(centred, field.signal) : centred;
}
