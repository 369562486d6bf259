import { plusDeviates } from "../array/deviates.js";
import { fftFriendlySize, irfft2, rfft2 } from "../array/fft/fft.js";
import { type Image, zeros } from "../array/image.js";
import { crop } from "../array/resample.js";
import { frequency, halfColumns, halfWeight } from "../array/spectrum/half.js";
import type { PowerSpectrum } from "../array/spectrum/power.js";
import { sampleHalf } from "../array/spectrum/sample.js";
import { mean, variance } from "../array/statistics.js";
import { inRange } from "../core/check.js";
import { DomainError, ShapeError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import {
  applyMtf,
  type Detector,
  type DetectorOptions,
  detect,
  detectedElectrons,
  noiseGain,
  relativeIntensity,
} from "./detector.js";

/** Power of stationary noise on a tile of any size, as `powerSpectrum2d` measures it; zero frequency is not used. */
export type NoisePower = PowerSpectrum;

/**
 * The noise of a micrograph. `snr` is the variance of the clean image over the variance of the noise; Infinity = none.
 * Every kind adds in units of the clean image and leaves its contrast and mean as they are.
 */
export type NoiseModel =
  | { readonly kind: "gaussian"; readonly snr: number }
  /** Electrons counted at a dose, at the contrast that gives the SNR. */
  | (DetectorOptions & { readonly kind: "poisson"; readonly snr: number })
  /** The same, a share of the noise's variance (0 to 1) being Gaussian read-out noise. */
  | (DetectorOptions & {
      readonly kind: "poisson-gaussian";
      readonly snr: number;
      readonly gaussianShare: number;
    })
  /** Gaussian with the shape of a measured power spectrum, scaled to the SNR. */
  | { readonly kind: "coloured"; readonly snr: number; readonly power: NoisePower };

/** Electrons counted at a dose, at the contrast of a potential in volt: the micrograph is in electrons a pixel. */
export interface CountingModel extends DetectorOptions {
  readonly kind: "counting";
  /** kV. */
  readonly voltage: number;
  /** Angstrom: thickness of the sections that the clean image is a sum over. */
  readonly voxelSize: number;
}

/** What a detector makes of a clean micrograph. */
export interface Exposure {
  readonly micrograph: Image;
  /** What the detector shows without noise, in the same units. */
  readonly clean: Image;
}

/**
 * What a detector that is exposed to a clean micrograph shows: the signal with its MTF, and noise of a model. The same random
 * numbers give the same bytes.
 *
 * @param detector curves, for models that do not count electrons; absent: ideal
 * @throws DomainError for an SNR that is not positive
 */
export function expose(
  clean: Image,
  model: NoiseModel | CountingModel | undefined,
  random: Random,
  detector: Detector & { readonly pixelSize: number } = { pixelSize: 1 },
): Exposure {
  const curves = model && "dose" in model ? model : detector;
  if (model?.kind === "counting") {
    const intensity = relativeIntensity(clean, model.voltage, model.voxelSize);
    const electrons = detectedElectrons(model);
    const expected = applyMtf(intensity, curves, model.pixelSize).data.map((value) => electrons * value);
    return { micrograph: detect(intensity, model, random), clean: { data: expected, shape: clean.shape } };
  }
  const seen = applyMtf(clean, curves, curves.pixelSize);
  if (!model) return { micrograph: seen, clean: seen };
  return { micrograph: addTo(clean, seen, model, random), clean: seen };
}

/** The clean image with noise of a model. The same random numbers give the same bytes. */
export const addNoise = (clean: Image, model: NoiseModel, random: Random): Image =>
  expose(clean, model, random).micrograph;

/** Noise of a model on what a detector sees of a clean image. */
function addTo(clean: Image, seen: Image, model: NoiseModel, random: Random): Image {
  const deviation = noiseDeviation(seen, model.snr);
  if (deviation === 0) return { data: seen.data.slice(), shape: seen.shape };
  switch (model.kind) {
    case "gaussian":
      return plusWhite(seen, deviation, random);
    case "poisson":
      return countElectrons(clean, deviation, model, random);
    case "poisson-gaussian": {
      const share = inRange("gaussianShare", model.gaussianShare, "", 0, 1);
      if (share === 1) return plusWhite(seen, deviation, random);
      const counted = countElectrons(clean, deviation * Math.sqrt(1 - share), model, random);
      return plusWhite(counted, deviation * Math.sqrt(share), random);
    }
    case "coloured":
      return plus(seen, colouredNoise(seen.shape, model.power, random), deviation);
  }
}

/**
 * Standard deviation of the noise that gives a clean image an SNR (variance over variance, over the whole image).
 *
 * @throws DomainError for an SNR that is not positive
 */
export function noiseDeviation(clean: Image, snr: number): number {
  if (!(snr > 0)) throw new DomainError("snr", snr, "a positive ratio of variances, or Infinity");
  return Math.sqrt(variance(clean.data) / snr);
}

/** Independent standard normal deviates. */
export function whiteNoise(shape: readonly [rows: number, columns: number], random: Random): Image {
  return plusWhite(zeros(...shape), 1, random);
}

/**
 * Gaussian noise of unit variance with the shape of a power spectrum: white noise filtered by the square root of
 * the power, interpolated to the image's size. The field is made larger than the image by a tile and cut, so that
 * opposite edges are independent.
 *
 * @param innovations the white noise that is filtered: independent values of mean 0 and variance 1
 * @throws ShapeError when the power does not fit its tile, DomainError when it is negative or zero everywhere
 */
export function colouredNoise(
  shape: readonly [rows: number, columns: number],
  power: NoisePower,
  random: Random,
  innovations: (shape: readonly [rows: number, columns: number], random: Random) => Image = whiteNoise,
): Image {
  const tile = prepareTile(power);
  const rows = fftFriendlySize(shape[0] + power.shape[0]);
  const columns = fftFriendlySize(shape[1] + power.shape[1]);
  const spectrum = rfft2(innovations([rows, columns], random));
  const width = halfColumns(columns);
  const { data } = spectrum;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const ky = frequency(row, rows);
    for (let column = 0; column < width; column++) {
      const p = row === 0 && column === 0 ? 0 : sampleHalf(tile, power.shape, column / columns, ky);
      total += halfWeight(column, columns) * p;
      const factor = Math.sqrt(p);
      const i = 2 * (row * width + column);
      data[i]! *= factor;
      data[i + 1]! *= factor;
    }
  }
  const noise = irfft2(spectrum);
  const out = crop(noise, 0, 0, shape);
  const scale = Math.sqrt((rows * columns) / total);
  for (let i = 0; i < out.data.length; i++) out.data[i]! *= scale;
  return out;
}

/** The power as a table, its zero frequency, which measures a mean and not the noise, replaced by its neighbours'. */
function prepareTile(power: NoisePower): Float64Array {
  const [rows, columns] = power.shape;
  const width = halfColumns(columns);
  if (rows < 3 || columns < 3 || power.data.length !== rows * width) {
    throw new ShapeError(
      "noise power",
      [power.data.length],
      `${rows} x ${width} values, tile of at least 3 x 3`,
    );
  }
  const tile = Float64Array.from(power.data);
  tile[0] = (2 * tile[1]! + tile[width]! + tile[(rows - 1) * width]!) / 4;
  let sum = 0;
  for (const p of tile) {
    if (!(p >= 0)) throw new DomainError("noise power", p, "0 or more");
    sum += p;
  }
  if (sum === 0) throw new DomainError("noise power", 0, "positive power somewhere");
  return tile;
}

/**
 * Counts electrons: the clean image, scaled to a contrast at which the detected shot noise has the wanted deviation,
 * modulates the mean; the counts are scaled back. Where the contrast would make a mean negative it is 0.
 */
function countElectrons(clean: Image, deviation: number, options: DetectorOptions, random: Random): Image {
  const electrons = detectedElectrons(options);
  const contrast = Math.sqrt(noiseGain(options, options.pixelSize) / electrons) / deviation;
  const middle = mean(clean.data);
  const intensity = clean.data.map((value) => Math.max(0, 1 + contrast * (value - middle)));
  const { data } = detect({ data: intensity, shape: clean.shape }, options, random);
  for (let i = 0; i < data.length; i++) data[i] = middle + (data[i]! / electrons - 1) / contrast;
  return { data, shape: clean.shape };
}

/** An image with independent normal noise. */
const plusWhite = ({ data, shape }: Image, deviation: number, random: Random): Image => ({
  data: plusDeviates(data, deviation, random),
  shape,
});

function plus(image: Image, noise: Image, deviation: number): Image {
  const out = zeros(...image.shape);
  for (let i = 0; i < out.data.length; i++) out.data[i] = image.data[i]! + deviation * noise.data[i]!;
  return out;
}
