import { inRange, integerInRange } from "../../core/check.js";
import { rfft2 } from "../fft/fft.js";
import type { Image } from "../image.js";
import { frequency, halfColumns, halfWeight, visitFrequencies } from "./half.js";
import { type EvenProfile, profileAt, type RadialProfile } from "./profile.js";

/** Power at each frequency of a half spectrum: rows x (floor(columns / 2) + 1), in the order of rfft2. */
export interface PowerSpectrum {
  readonly data: Float32Array;
  /** Shape of the real tile it belongs to. */
  readonly shape: readonly [rows: number, columns: number];
}

/**
 * Power spectrum by Welch's method (1967): mean of |FFT|² over square tiles of `box` pixels that overlap by the given
 * fraction, each less its mean and under a Hann window. Tiles are spread evenly, first and last at the edges. White
 * noise of variance s² gives s² at every frequency but the lowest, which lose what the tile means take.
 *
 * @throws DomainError for a box outside 8 to the image's shorter side, or an overlap outside 0 to 0.9
 */
export function powerSpectrum2d(image: Image, box: number, overlap = 0.5): PowerSpectrum {
  const [rows, columns] = image.shape;
  integerInRange("powerSpectrum2d: box", box, 8, Math.min(rows, columns));
  inRange("powerSpectrum2d: overlap", overlap, "", 0, 0.9);
  const window = Float64Array.from(
    { length: box },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / box),
  );
  const gain = window.reduce((sum, w) => sum + w * w, 0) ** 2;
  const sum = new Float64Array(box * halfColumns(box));
  const tile = new Float32Array(box * box);
  let count = 0;
  for (const top of tileStarts(rows, box, overlap)) {
    for (const left of tileStarts(columns, box, overlap)) {
      cutTile(image, left, top, window, tile);
      const { data } = rfft2({ data: tile, shape: [box, box] });
      for (let i = 0; i < sum.length; i++) sum[i]! += data[2 * i]! ** 2 + data[2 * i + 1]! ** 2;
      count++;
    }
  }
  return { data: Float32Array.from(sum, (power) => power / (count * gain)), shape: [box, box] };
}

/** First pixels of tiles that cover n pixels with at least the overlap, evenly spread. */
function tileStarts(n: number, box: number, overlap: number): number[] {
  const step = Math.max(1, Math.floor(box * (1 - overlap)));
  const intervals = Math.ceil((n - box) / step);
  return Array.from({ length: intervals + 1 }, (_, i) =>
    Math.round((i * (n - box)) / Math.max(1, intervals)),
  );
}

function cutTile(image: Image, left: number, top: number, window: Float64Array, tile: Float32Array): void {
  const box = window.length;
  const columns = image.shape[1];
  let mean = 0;
  for (let y = 0; y < box; y++) {
    for (let x = 0, i = (top + y) * columns + left; x < box; x++, i++) mean += image.data[i]!;
  }
  mean /= box * box;
  for (let y = 0; y < box; y++) {
    for (let x = 0, i = (top + y) * columns + left; x < box; x++, i++) {
      tile[y * box + x] = (image.data[i]! - mean) * window[y]! * window[x]!;
    }
  }
}

/** Cycles per pixel at Nyquist along an axis, and in the corners of a spectrum. */
const NYQUIST = 1 / 2;
export const CORNER = Math.SQRT1_2;

/**
 * Mean over rings of a half spectrum: ring i holds the frequencies nearest to i / n cycles per pixel, n the shorter
 * side; columns that stand for two frequencies count twice.
 *
 * @param end of the last ring, cycles per pixel: Nyquist, or `CORNER`
 */
export function radialAverage(spectrum: PowerSpectrum, end = NYQUIST): RadialProfile {
  const [rows, columns] = spectrum.shape;
  const n = Math.min(rows, columns);
  const half = halfColumns(columns);
  const rings = Math.floor(n * end) + 1;
  const sums = new Float64Array(rings);
  const weights = new Float64Array(rings);
  for (let row = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < half; column++) {
      const kx = column / columns;
      const ring = Math.round(n * Math.sqrt(kx * kx + ky * ky));
      if (ring >= rings) continue;
      const weight = halfWeight(column, columns);
      sums[ring]! += weight * spectrum.data[row * half + column]!;
      weights[ring]! += weight;
    }
  }
  return {
    frequency: Float64Array.from(sums, (_, ring) => ring / n),
    value: sums.map((sum, ring) => sum / weights[ring]!),
  };
}

/** The power spectrum of a tile whose power depends on the length of the frequency alone. */
export function isotropicPower(profile: EvenProfile): PowerSpectrum {
  const shape = [profile.tile, profile.tile] as const;
  const data = new Float32Array(profile.tile * halfColumns(profile.tile));
  visitFrequencies(shape, (at, kx, ky) => {
    data[at] = profileAt(profile, Math.sqrt(kx * kx + ky * ky));
  });
  return { data, shape };
}

/** Mean of the power over all frequencies: the variance of an image that has it. */
export function totalPower({ data, shape: [rows, columns] }: PowerSpectrum): number {
  const half = halfColumns(columns);
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += halfWeight(i % half, columns) * data[i]!;
  return sum / (rows * columns);
}

/** radialAverage of powerSpectrum2d: tiles of `box` pixels, half overlapping by default. */
export const radialPowerSpectrum = (image: Image, box: number, overlap = 0.5): RadialProfile =>
  radialAverage(powerSpectrum2d(image, box, overlap));
