import { fftFriendlySize, irfft2, rfft2, type Spectrum } from "../../../array/fft/fft.js";
import { type Image, zeros } from "../../../array/image.js";
import { halfColumns, wrappedIndex } from "../../../array/spectrum/half.js";
import { DomainError, ShapeError } from "../../../core/errors.js";

/** Autocorrelation of noise at whole-pixel lags. */
export interface Autocorrelation {
  /** Largest lag, pixels. */
  readonly reach: number;
  /** (2 reach + 1)² values, row-major, lag (0, 0) in the middle, where it is 1. */
  readonly data: Float64Array;
}

/**
 * Autocorrelation of the pixels a mask keeps: for each lag the mean product over all pairs of kept pixels at that lag,
 * less the mean of the kept pixels, divided by the value at lag zero. Zero-padded, so nothing wraps around.
 *
 * @param keep 1 where a pixel counts (away from particles), 0 elsewhere; all pixels when absent
 * @throws ShapeError if the mask has another shape; DomainError if the lags do not fit or fewer than 100 pixels count
 */
export function autocorrelation(image: Image, reach: number, keep?: Image): Autocorrelation {
  const { shape, data } = image;
  if (keep && (keep.shape[0] !== shape[0] || keep.shape[1] !== shape[1])) {
    throw new ShapeError("mask of the autocorrelation", keep.shape, `the image's ${shape[0]} x ${shape[1]}`);
  }
  if (!(reach < Math.min(...shape)))
    throw new DomainError("lag", reach, `below ${Math.min(...shape)} pixels`);
  const padded = [fftFriendlySize(shape[0] + reach), fftFriendlySize(shape[1] + reach)] as const;
  const weight = zeros(...padded);
  const value = zeros(...padded);
  const mean = keptMean(data, keep);
  for (let y = 0; y < shape[0]; y++) {
    for (let x = 0; x < shape[1]; x++) {
      const i = y * shape[1] + x;
      if (keep && keep.data[i] === 0) continue;
      weight.data[y * padded[1] + x] = 1;
      value.data[y * padded[1] + x] = data[i]! - mean;
    }
  }
  const products = irfft2(powerOf(value));
  const pairs = irfft2(powerOf(weight));
  return { reach, data: gather(products, pairs, reach) };
}

function keptMean(data: Float32Array, keep?: Image): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (keep && keep.data[i] === 0) continue;
    sum += data[i]!;
    count++;
  }
  if (count < 100) throw new DomainError("pixels away from particles", count, "at least 100");
  return sum / count;
}

/** |transform|², the transform of the correlation with itself. */
function powerOf(image: Image): Spectrum {
  const spectrum = rfft2(image);
  const data = new Float32Array(spectrum.data.length);
  const samples = image.shape[0] * halfColumns(image.shape[1]);
  for (let i = 0; i < samples; i++) {
    data[2 * i] = spectrum.data[2 * i]! ** 2 + spectrum.data[2 * i + 1]! ** 2;
  }
  return { data, shape: image.shape };
}

/** Mean products at the lags up to `reach`, over that at lag zero; 0 where no pair exists. */
function gather(products: Image, pairs: Image, reach: number): Float64Array {
  const [rows, columns] = products.shape;
  const side = 2 * reach + 1;
  const out = new Float64Array(side * side);
  const variance = products.data[0]! / pairs.data[0]!;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const i = wrappedIndex(dy, rows) * columns + wrappedIndex(dx, columns);
      const count = Math.round(pairs.data[i]!);
      out[(dy + reach) * side + dx + reach] = count > 0 ? products.data[i]! / count / variance : 0;
    }
  }
  return out;
}

/** Root mean square difference of two autocorrelations over all lags but zero. */
export function autocorrelationDistance(a: Autocorrelation, b: Autocorrelation): number {
  let squares = 0;
  for (let i = 0; i < a.data.length; i++) squares += (a.data[i]! - b.data[i]!) ** 2;
  return Math.sqrt(squares / (a.data.length - 1));
}
