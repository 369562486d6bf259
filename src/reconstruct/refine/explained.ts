import type { Frequencies } from "../search/frequencies.js";
import type { ParticleSpectrum } from "../search/particle-spectrum.js";
import { movedBack } from "../search/shifts.js";
import type { Sighting } from "./sighting.js";

/**
 * What an image looks like from one view of a sighting: the sum over shifts of the image moved back, times the probability of the
 * shift in that view. `share` is the probability of the view.
 */
export interface MeanImage {
  readonly data: Float32Array;
  readonly share: number;
}

/**
 * The mean image of each view of a sighting.
 *
 * @param data of the image at the frequencies `given`, of which `wanted` are the first or all
 */
export function meanImages(
  data: Float32Array,
  wanted: Frequencies,
  given: Frequencies,
  { views, shifts, probability }: Sighting,
): readonly MeanImage[] {
  const length = wanted.kx.length;
  const own = wanted === given ? data : firstOf(data, wanted, given);
  const moved = movedBack(own, wanted, shifts);
  return views.map((_, o) => {
    const sum = new Float32Array(2 * length);
    let share = 0;
    for (let s = 0; s < shifts.length; s++) {
      const p = probability[o * shifts.length + s]!;
      if (p < 1e-5) continue;
      share += p;
      const from = 2 * length * s;
      for (let i = 0; i < sum.length; i++) sum[i]! += p * moved[from + i]!;
    }
    return { data: sum, share };
  });
}

/** The values at the first frequencies of a longer list. */
function firstOf(data: Float32Array, wanted: Frequencies, given: Frequencies): Float32Array {
  const out = new Float32Array(2 * wanted.kx.length);
  out.set(data.subarray(0, wanted.count));
  out.set(data.subarray(given.kx.length, given.kx.length + wanted.count), wanted.kx.length);
  return out;
}

/** What an image is explained by. */
export interface Explanation {
  readonly sighting: Sighting;
  /** Slices of its views at the frequencies that are compared. */
  readonly slices: Float32Array;
  readonly compared: Frequencies;
  /** Frequencies of the image. */
  readonly all: Frequencies;
}

/**
 * Turns the power of an image at each ring into what its views leave of it, in place: the mean over poses of |image - CTF slice|²
 * at the frequencies that are compared.
 */
export function addUnexplained(
  power: Float64Array,
  seen: ParticleSpectrum,
  { sighting, slices, compared, all }: Explanation,
): void {
  const { count, ring, kx } = compared;
  const length = kx.length;
  for (const [o, { data: image, share }] of meanImages(seen.data, compared, all, sighting).entries()) {
    const slice = slices.subarray(2 * length * o, 2 * length * (o + 1));
    for (let i = 0; i < count; i++) {
      const transfer = seen.ctf[i]!;
      const [re, im] = [transfer * slice[i]!, transfer * slice[length + i]!];
      const product = re * image[i]! + im * image[length + i]!;
      power[ring[i]!]! += share * (re * re + im * im) - 2 * product;
    }
  }
}

/** The mean over poses of the square of the shift along an axis, pixels². */
export function shiftSquaresOf({ views, shifts, probability }: Sighting): number {
  let sum = 0;
  for (const [s, { x, y }] of shifts.entries()) {
    let share = 0;
    for (let o = 0; o < views.length; o++) share += probability[o * shifts.length + s]!;
    sum += (share * (x * x + y * y)) / 2;
  }
  return sum;
}
