import { fourierFilter, reflected } from "../../array/filter.js";
import { type Image, zeros } from "../../array/image.js";
import { CORNER, powerSpectrum2d, radialAverage } from "../../array/spectrum/power.js";
import { type EvenProfile, profileAt } from "../../array/spectrum/profile.js";
import { mean } from "../../array/statistics.js";
import { ShapeError } from "../../core/errors.js";

const TILE = 128;

/** The tile for spectra of micrographs whose shorter sides are at least `side` pixels: 128, or the power of two that fits. */
export const tileFor = (side: number): number => Math.min(TILE, 2 ** Math.floor(Math.log2(side)));

/** The radial power spectrum of an image, into the corners, where binned micrographs may have much less power than at Nyquist. */
const powerOf = (image: Image, tile: number): Float64Array =>
  radialAverage(powerSpectrum2d(image, tile), CORNER).value;

/** Mean radial power spectrum of images, each counting alike. White noise of variance 1 has power 1. */
export async function meanProfile(
  images: AsyncIterable<Image> | Iterable<Image>,
  tile: number,
): Promise<EvenProfile> {
  const powers: Float64Array[] = [];
  for await (const image of images) powers.push(powerOf(image, tile));
  return { tile, values: powers[0]!.map((_, i) => mean(powers.map((power) => power[i]!))) };
}

/**
 * Geometric mean of the images' radial power spectra: what is typical, whatever a single image with strong gradients or a
 * contaminant does at the lowest frequencies.
 */
export function typicalProfile(images: readonly Image[], tile: number): EvenProfile {
  const powers = images.map((image) => powerOf(image, tile));
  const values = powers[0]!.map((_, i) => Math.exp(mean(powers.map((power) => Math.log(power[i]!)))));
  return { tile, values };
}

/** The image filtered by a gain, without moving anything; mirrored beyond its edges for the purpose. */
export function applyGain({ data, shape: [rows, columns] }: Image, gain: EvenProfile): Image {
  const margin = gain.tile / 2;
  const padded = zeros(rows + 2 * margin, columns + 2 * margin);
  const width = padded.shape[1];
  const from = Int32Array.from({ length: width }, (_, x) => reflected(x - margin, columns));
  for (let y = 0; y < padded.shape[0]; y++) {
    const start = reflected(y - margin, rows) * columns;
    for (let x = 0; x < width; x++) padded.data[y * width + x] = data[start + from[x]!]!;
  }
  const filtered = fourierFilter(padded, (kx, ky) => profileAt(gain, Math.sqrt(kx * kx + ky * ky)));
  const out = zeros(rows, columns);
  for (let y = 0; y < rows; y++) {
    const start = (y + margin) * width + margin;
    out.data.set(filtered.data.subarray(start, start + columns), y * columns);
  }
  return out;
}

/** Square root of the ratio of two powers, within a factor of 2 either way: more would be a fault, not a correction. */
export function spectralGain(wanted: EvenProfile, found: EvenProfile): EvenProfile {
  if (wanted.tile !== found.tile) throw new ShapeError("spectralGain", [found.tile], `[${wanted.tile}]`);
  const values = wanted.values.map((power, i) =>
    Math.min(2, Math.max(0.5, Math.sqrt(power / found.values[i]!))),
  );
  return { tile: wanted.tile, values };
}
