import type { Image } from "../../array/image.js";
import type { EvenProfile } from "../../array/spectrum/profile.js";
import type { Random } from "../../core/random.js";
import type { NoiseAt } from "../../nn/layers.js";
import { colouredNoise, type NoisePower, whiteNoise } from "../../physics/noise.js";
import { type Innovations, skewedNoise } from "./innovations.js";
import { applyGain } from "./power.js";
import { type MicrographCtf, withThonRings } from "./thon-rings.js";
import { type Unevenness, variation } from "./unevenness.js";

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
  const { clean, noise, scale, varied } = drawParts(micrograph, field, random);
  const data = clean.data.map((value, i) => value + scale * noise.data[i]!);
  return varied({ data, shape: clean.shape });
}

/**
 * The planes that a generator is given of a clean micrograph or a crop of one: `noisyInput`, or where noise enters elsewhere the clean
 * micrograph and its noise, whose sum that is for the same stream.
 */
export function generatorInput(
  micrograph: CleanMicrograph,
  field: NoiseField,
  random: Random,
  noiseAt: NoiseAt,
): readonly Image[] {
  if (noiseAt === "input") return [noisyInput(micrograph, field, random)];
  const { clean, noise, scale, varied } = drawParts(micrograph, field, random);
  const scaled: Image = { data: noise.data.map((value) => scale * value), shape: noise.shape };
  return [varied(clean), varied(scaled)];
}

/** Planes one after the other, as a tensor [planes, rows, columns] has them. */
export function stacked(planes: readonly Image[]): Float32Array {
  if (planes.length === 1) return planes[0]!.data;
  const size = planes[0]!.data.length;
  const all = new Float32Array(planes.length * size);
  for (const [i, { data }] of planes.entries()) all.set(data, i * size);
  return all;
}

/** Signal, noise of unit variance and its strength, and what varies both alike over the micrograph. */
function drawParts({ image, mean, optics }: CleanMicrograph, field: NoiseField, random: Random) {
  const { unevenness } = field;
  return {
    clean: cleanInput(image, mean, field),
    noise: unitNoise(image.shape, field, optics, random),
    scale: field.deviation / noisyDeviation(field),
    varied: unevenness ? variation(image.shape, unevenness, random) : (even: Image) => even,
  };
}

/** The clean micrograph alone in the same units, its signal filtered as the noise field says. */
export function cleanInput(clean: Image, mean: number, field: NoiseField): Image {
  const scale = 1 / noisyDeviation(field);
  const centred: Image = { data: clean.data.map((value) => (value - mean) * scale), shape: clean.shape };
  return field.signal ? applyGain(centred, field.signal) : centred;
}
