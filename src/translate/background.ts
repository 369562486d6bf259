import { gaussianBlur, localVariance } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { crop } from "../array/resample.js";
import { radialPowerSpectrum } from "../array/spectrum.js";
import { type Rings, ringValue, tileFor } from "./radial-power.js";

/** Patches taken from each micrograph. */
const PATCHES = 12;
const STRIDE = 16;

/**
 * Power spectrum of a micrograph's background: of the patches in which structure of about a particle's size is weakest,
 * by the local variance of a band-passed copy. An image without a gap between particles gives its quietest places.
 *
 * @param diameter of a particle, pixels
 * @param tile of the rings returned
 */
export function backgroundRings(image: Image, diameter: number, tile: number): Rings {
  const patch = tileFor(Math.min(64, ...image.shape));
  const sums = new Float64Array(patch / 2 + 1);
  const places = quietPlaces(image, diameter, patch);
  for (const [top, left] of places) {
    const { value } = radialPowerSpectrum(crop(image, left, top, [patch, patch]), patch);
    for (let i = 0; i < sums.length; i++) sums[i]! += value[i]! / places.length;
  }
  const measured: Rings = { tile: patch, values: sums };
  return {
    tile,
    values: Float64Array.from({ length: tile / 2 + 1 }, (_, i) => ringValue(measured, i / tile)),
  };
}

function quietPlaces(image: Image, diameter: number, patch: number): readonly (readonly [number, number])[] {
  const fine = gaussianBlur(image, 0.09 * diameter);
  const coarse = gaussianBlur(image, 0.35 * diameter);
  const band: Image = { data: fine.data.map((value, i) => value - coarse.data[i]!), shape: image.shape };
  const variance = localVariance(band, patch - 1);
  const [rows, columns] = image.shape;
  const found: { readonly value: number; readonly place: readonly [number, number] }[] = [];
  for (let top = 0; top + patch <= rows; top += STRIDE) {
    for (let left = 0; left + patch <= columns; left += STRIDE) {
      const value = variance.data[(top + (patch >> 1)) * columns + left + (patch >> 1)]!;
      found.push({ value, place: [top, left] });
    }
  }
  return found
    .sort((a, b) => a.value - b.value)
    .slice(0, PATCHES)
    .map(({ place }) => place);
}
