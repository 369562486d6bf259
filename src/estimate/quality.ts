import { binImage, planBinning } from "../array/binning.js";
import { gaussianBlur } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { radialPowerSpectrum } from "../array/spectrum/power.js";
import { mean, quantile, standardDeviation } from "../array/statistics.js";

/** What a glance at one micrograph tells before anything is fitted. */
export interface MicrographQuality {
  readonly mean: number;
  readonly deviation: number;
  /** Different values, counted up to one more than 8 bits hold. */
  readonly levels: number;
  /**
   * Share of the pixels at the lowest and at the highest value, twice the smaller of the two: a border or dead columns of 0 are no
   * contrast that was cut off.
   */
  readonly clipped: number;
  /**
   * Skewness, -1 to 1, of the micrograph once it is filtered to the particle's size: (q99 + q1 - 2 q50) / (q99 - q1) by its quantiles.
   * Negative where particles are dark, positive where they are white, near 0 where there are none or they fill the field.
   */
  readonly skewness: number;
  /** Power near Nyquist over that at a quarter of it: raw noise has some to the end, a denoised or blurred image has none. */
  readonly fineness: number;
  /** Natural logarithm of the power in bands from 2 / `TILE` to 1/2 cycle per pixel, less its mean: the shape of the spectrum. */
  readonly spectrum: number[];
}

/** Side of the tiles of the spectrum, pixels. */
const TILE = 128;
/** 8 bits hold so many values. */
const BYTE_LEVELS = 256;
/** Pixels across a particle at which its contrast is judged: fine grain is gone, the particle is not. */
const ACROSS = 12;

/**
 * Measures a micrograph.
 *
 * @param pixelSize angstrom
 * @param particleDiameter angstrom
 */
export function micrographQuality(
  image: Image,
  pixelSize: number,
  particleDiameter: number,
): MicrographQuality {
  const { value } = radialPowerSpectrum(image, Math.min(TILE, 2 * Math.floor(Math.min(...image.shape) / 2)));
  return {
    mean: mean(image.data),
    deviation: standardDeviation(image.data),
    ...levelsOf(image.data),
    skewness: particleSkewness(image, pixelSize, particleDiameter),
    fineness: bandPower(value, 0.42, 0.5) / bandPower(value, 0.1, 0.15),
    spectrum: spectrumShape(value),
  };
}

/**
 * Quantile skewness at the particle's size above which protein is white: raw micrographs of ribosomes have -0.35 to -0.32, of
 * apoferritin that fills the field -0.31 to 0.08 (EMPIAR-10028, EMPIAR-10146).
 */
const WHITE = 0.15;

/** Whether micrographs have white protein on a darker ground, by the skewness of each, as `particleSkewness` measures it. */
export const isProteinWhite = (skewness: readonly number[]): boolean => quantile(skewness, 0.5) > WHITE;

function levelsOf(data: Float32Array): { readonly levels: number; readonly clipped: number } {
  const seen = new Set<number>();
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (seen.size <= BYTE_LEVELS) seen.add(value);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  let [atLow, atHigh] = [0, 0];
  for (const value of data) {
    if (value === low) atLow++;
    if (value === high) atHigh++;
  }
  return { levels: seen.size, clipped: (2 * Math.min(atLow, atHigh)) / data.length };
}

/** Skewness of the difference of two blurs, narrow and wide, that a disc of the particle's size answers most. Sizes in angstrom. */
export function particleSkewness(image: Image, pixelSize: number, particleDiameter: number): number {
  const target = particleDiameter / ACROSS;
  const binning = planBinning(image.shape, pixelSize, target);
  const small = binning ? binImage(image, binning) : image;
  const radius = particleDiameter / 2 / (binning ? target : pixelSize);
  // a disc of radius r answers most to a Laplacian of Gaussian of r / sqrt(2); blurs in a ratio of 1.6 are near to one
  // (Marr & Hildreth 1980)
  const sigma = radius / Math.SQRT2;
  const [narrow, wide] = [gaussianBlur(small, sigma / 1.26), gaussianBlur(small, sigma * 1.26)];
  const answer = narrow.data.map((value, i) => value - wide.data[i]!);
  // quantiles, since one lump of dirt is darker than all particles together
  const [low, middle, high] = [0.01, 0.5, 0.99].map((share) => quantile(answer, share)) as [
    number,
    number,
    number,
  ];
  return high > low ? (high + low - 2 * middle) / (high - low) : 0;
}

/** Mean power between two frequencies, cycles per pixel. @param value of rings 0, 1/n … 1/2 */
function bandPower(value: Float64Array, from: number, to: number): number {
  const rings = value.length - 1;
  const band = value.slice(Math.round(2 * from * rings), Math.round(2 * to * rings) + 1);
  return mean(band);
}

/** Bands of the shape of the spectrum. */
const BANDS = 24;

function spectrumShape(value: Float64Array): number[] {
  const rings = value.length - 1;
  const bands = Array.from({ length: BANDS }, (_, i) => {
    const from = 2 + Math.floor((i * (rings - 2)) / BANDS);
    const to = Math.max(from + 1, 2 + Math.floor(((i + 1) * (rings - 2)) / BANDS));
    return Math.log(Math.max(mean(value.slice(from, to)), 1e-30));
  });
  const centre = mean(bands);
  return bands.map((each) => Number((each - centre).toFixed(4)));
}
