import { fftFriendlySize, irfft2, rfft2 } from "../../array/fft/fft.js";
import { type Image, zeros } from "../../array/image.js";
import { halfColumns, signedIndex, wrappedIndex } from "../../array/spectrum/half.js";
import type { PowerSpectrum } from "../../array/spectrum/power.js";

/**
 * Power spectra of what a mask shows of an image, however scattered: the autocovariance at each shift is the mean product
 * over the pairs of pixels that are both shown, tapered by
 * a Parzen window and transformed. White noise of variance s² gives s² everywhere.
 *
 * @param image zero mean where the mask is 1, and 0 where it is 0
 * @param sizes of the tiles, even; shifts up to half a tile count for it
 */
export function maskedPowerSpectra(image: Image, mask: Image, sizes: readonly number[]): PowerSpectrum[] {
  const reach = Math.max(...sizes) / 2;
  const products = autocorrelation(image, reach);
  const pairs = autocorrelation(mask, reach);
  return sizes.map((size) => taperedTransform(products, pairs, size));
}

function taperedTransform(products: Image, pairs: Image, size: number): PowerSpectrum {
  const covariance = zeros(size, size);
  const [rows, columns] = products.shape;
  // few pairs make a wild mean; below a hundredth of the mask they are treated as uncorrelated
  const least = 0.01 * pairs.data[0]!;
  for (let y = 0; y < size; y++) {
    const dy = signedIndex(y, size);
    for (let x = 0; x < size; x++) {
      const dx = signedIndex(x, size);
      const from = wrappedIndex(dy, rows) * columns + wrappedIndex(dx, columns);
      if (pairs.data[from]! < least) continue;
      const taper = parzen((2 * Math.sqrt(dx * dx + dy * dy)) / size);
      covariance.data[y * size + x] = (taper * products.data[from]!) / pairs.data[from]!;
    }
  }
  const { data } = rfft2(covariance);
  const power = new Float32Array(size * halfColumns(size));
  for (let i = 0; i < power.length; i++) power[i] = data[2 * i]!;
  return { data: power, shape: [size, size] };
}

/** Sum over p of f(p) f(p + shift), for shifts up to `reach` pixels either way, the rest undefined. */
function autocorrelation(image: Image, reach: number): Image {
  const [rows, columns] = image.shape;
  const padded = zeros(fftFriendlySize(rows + reach), fftFriendlySize(columns + reach));
  for (let y = 0; y < rows; y++) {
    padded.data.set(image.data.subarray(y * columns, (y + 1) * columns), y * padded.shape[1]);
  }
  const { data, shape } = rfft2(padded);
  for (let i = 0; i < data.length; i += 2) {
    data[i] = data[i]! * data[i]! + data[i + 1]! * data[i + 1]!;
    data[i + 1] = 0;
  }
  return irfft2({ data, shape });
}

/** Parzen's lag window, 1 at 0 and 0 from 1 on; its transform is positive. Source: Parzen 1961, Technometrics 3:167. */
function parzen(u: number): number {
  if (u >= 1) return 0;
  return u < 0.5 ? 1 - 6 * u * u * (1 - u) : 2 * (1 - u) ** 3;
}
