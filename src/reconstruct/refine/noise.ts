import type { Frequencies } from "../search/frequencies.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";

/** Power that the images of one optics group leave unexplained. */
export interface GroupNoise {
  /** Of each ring, summed over images and frequencies. */
  readonly power: Float64Array;
  images: number;
}

/** Sums of the power of noise at each ring, of every optics group of one half. */
export class NoiseSums {
  readonly groups: readonly GroupNoise[];

  constructor(
    groups: number,
    private readonly frequencies: Frequencies,
  ) {
    const rings = ringCount(frequencies.box);
    this.groups = Array.from({ length: groups }, () => ({ power: new Float64Array(rings), images: 0 }));
  }

  /** Adds an image's own power. @returns the sums of its group, to take from what is explained */
  ofImage(group: number, { data }: ParticleSpectrum): Float64Array {
    const into = this.groups[group]!;
    const { ring, count, kx } = this.frequencies;
    for (let i = 0; i < count; i++) into.power[ring[i]!]! += data[i]! ** 2 + data[kx.length + i]! ** 2;
    into.images++;
    return into.power;
  }
}

/** Rings that frequencies below Nyquist round to. */
const ringCount = (box: number): number => Math.ceil(box / 2) + 1;

/** Adds `more` to `sums`, in place. */
export function addNoise(sums: readonly GroupNoise[], more: readonly GroupNoise[]): void {
  for (const [g, { power, images }] of more.entries()) {
    const into = sums[g]!;
    into.images += images;
    for (let ring = 0; ring < power.length; ring++) into.power[ring]! += power[ring]!;
  }
}

/** No ring has less than this share of the mean power: nothing is divided by 0. */
const LEAST = 1e-6;

/**
 * The mean of |transform|² at each ring of every group. A group without images in this half has the mean of the others; ring 0, which
 * is nowhere compared, has the value of ring 1.
 */
export function noiseOf(sums: readonly GroupNoise[], frequencies: Frequencies): Float64Array[] {
  const all: GroupNoise = { power: new Float64Array(sums[0]!.power.length), images: 0 };
  for (const each of sums) addNoise([all], [each]);
  const members = new Float64Array(all.power.length);
  for (let i = 0; i < frequencies.count; i++) members[frequencies.ring[i]!]!++;
  return sums.map((own) => {
    const { power, images } = own.images > 0 ? own : all;
    const mean = power.map((sum, ring) => (members[ring]! > 0 ? sum / (members[ring]! * images) : 0));
    const level = mean.reduce((sum, value) => sum + Math.max(0, value), 0) / mean.length;
    mean[0] = mean[1]!;
    return mean.map((value) => (value > 0 ? Math.max(value, LEAST * level) : level));
  });
}
