import { irfft2, rfft2 } from "../../array/fft/fft.js";
import { gaussianBlur } from "../../array/filter.js";
import type { Image } from "../../array/image.js";
import { bin, sampleBilinear } from "../../array/resample.js";
import { halfColumns } from "../../array/spectrum/half.js";
import { mean, quantile, variance } from "../../array/statistics.js";

/** Sampling, angstrom, at which contrast is judged: fine enough for the band below. */
const COARSE = 10;
/**
 * Standard deviations, angstrom, of the two Gaussians whose difference selects the contrast judged: 25 to 150 angstrom.
 * Finer contrast is what is fitted and must have no say in where it is sought.
 */
const BAND = [12, 60] as const;
/** Standard deviation, angstrom, of the neighbourhood: a particle and the rings it spreads by defocus. */
const NEIGHBOURHOOD = 60;
/** Share of the field taken to be empty, and the least and largest weight of a pixel's power. */
const EMPTY = 0.2;
const WEIGHTS = [0.05, 4] as const;

/**
 * A micrograph with every pixel multiplied by a smooth weight: more where coarse contrast says that something
 * scatters, less where there is noise alone. Noise is everywhere the same, so where the signal's power is s(x) times
 * the mean, a faint signal's spectrum is best measured with the weight sqrt(s) (the weighted mean of least variance).
 */
export function weightedByContrast(image: Image, pixelSize: number): Image {
  const { weight, factor } = contrastWeight(image, pixelSize);
  const [rows, columns] = image.shape;
  const middle = mean(image.data);
  const offset = (factor - 1) / 2;
  const out = new Float32Array(image.data.length);
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) {
      const w = sampleBilinear(weight, (x - offset) / factor, (y - offset) / factor);
      out[i] = w * (image.data[i]! - middle);
    }
  }
  return { data: out, shape: image.shape };
}

/** The weight on a grid `factor` times coarser; near 1 everywhere in an image that is alike everywhere. */
function contrastWeight(
  image: Image,
  pixelSize: number,
): { readonly weight: Image; readonly factor: number } {
  const factor = Math.max(1, Math.floor(COARSE / pixelSize));
  const coarse = bin(image, factor);
  const { shape } = coarse;
  const angstrom = 1 / (factor * pixelSize);
  const [fine, broad] = BAND.map((sigma) => gaussianBlur(coarse, sigma * angstrom).data);
  const contrast = { data: fine!.map((value, i) => value - broad![i]!), shape };
  const squares = { data: contrast.data.map((value) => value * value), shape };
  const power = gaussianBlur(squares, NEIGHBOURHOOD * angstrom).data;
  const empty = quantile(power, EMPTY);
  const range = mean(power) - empty;
  const chance = chanceVariance(contrast, NEIGHBOURHOOD * angstrom);
  const real = range > 0 ? Math.max(0, 1 - chance / variance(power)) : 0;
  const weight = power.map((value) => {
    const relative = 1 - real + (real === 0 ? 0 : (real * (value - empty)) / range);
    return Math.sqrt(Math.max(WEIGHTS[0], Math.min(WEIGHTS[1], relative)));
  });
  return { weight: { data: weight, shape }, factor };
}

/**
 * Variance that the blurred square of Gaussian noise has by chance: 2 Σ C(x)² g(x), C the noise's autocovariance, here
 * the image's own, and g a Gaussian of √2 sigma and sum 1 (Isserlis' theorem).
 */
function chanceVariance({ data, shape }: Image, sigma: number): number {
  const [rows, columns] = shape;
  const spectrum = rfft2({ data, shape });
  const power = new Float32Array(spectrum.data.length);
  for (let i = 0; i < rows * halfColumns(columns); i++) {
    power[2 * i] = (spectrum.data[2 * i]! ** 2 + spectrum.data[2 * i + 1]! ** 2) / data.length;
  }
  const covariance = irfft2({ data: power, shape }).data;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const y = Math.min(row, rows - row);
    for (let column = 0; column < columns; column++) {
      const x = Math.min(column, columns - column);
      const near = Math.exp(-(x * x + y * y) / (4 * sigma * sigma));
      sum += near * covariance[row * columns + column]! ** 2;
    }
  }
  return (2 * sum) / (4 * Math.PI * sigma * sigma);
}
