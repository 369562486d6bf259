import type { Image } from "../../../array/image.js";
import { storedIndex } from "../../../array/spectrum/half.js";
import { powerSpectrum2d } from "../../../array/spectrum/power.js";

/** Side of the tiles whose spectra are averaged, and of the picture, pixels: smaller ones would blur rings, larger ones average less. */
const SIDE = 512;
/** Part of the radius over which brightness is evened out on either side: broader than the Thon rings that are seen. */
const BROAD = 1 / 4;

/**
 * A micrograph's power spectrum to look at: logarithm of the power averaged over overlapping tiles and 3 x 3 samples, zero frequency
 * at (side / 2, side / 2), less its trend with frequency and over its spread about that: mean 0, standard deviation 1.
 *
 * @returns float32, side x side; the edge is the Nyquist frequency. A smaller micrograph has a smaller side.
 */
export function spectrumPicture(image: Image): { readonly side: number; readonly data: Float32Array } {
  const side = Math.min(SIDE, 2 ** Math.floor(Math.log2(Math.min(...image.shape))));
  // a large micrograph has tiles enough without overlap
  const overlap = Math.min(...image.shape) > 4 * side ? 0 : 0.5;
  const { data, shape } = powerSpectrum2d(image, side, overlap);
  const power = (x: number, y: number): number => data[storedIndex(shape, x, y)]!;
  const out = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) sum += power(column - side / 2 + dx, row - side / 2 + dy);
      }
      out[row * side + column] = Math.log(Math.max(sum, Number.MIN_VALUE));
    }
  }
  return { side, data: evened(out, side) };
}

function evened(values: Float32Array, side: number): Float32Array {
  const half = side / 2;
  const radius = (i: number): number => {
    const [x, y] = [(i % side) - half, Math.floor(i / side) - half];
    return Math.min(half, Math.round(Math.sqrt(x * x + y * y)));
  };
  const sums = Array.from({ length: half + 1 }, () => ({ count: 0, first: 0, second: 0 }));
  values.forEach((value, i) => {
    const sum = sums[radius(i)]!;
    sum.count++;
    sum.first += value;
    sum.second += value * value;
  });
  const broad = Math.max(2, Math.round(BROAD * half));
  const scales = sums.map((_, r) => {
    const near = sums.slice(Math.max(0, r - broad), r + broad + 1);
    const [count, first, second] = (["count", "first", "second"] as const).map((key) =>
      near.reduce((sum, each) => sum + each[key], 0),
    ) as [number, number, number];
    const mean = first / count;
    return { mean, deviation: Math.sqrt(Math.max(second / count - mean * mean, 1e-12)) };
  });
  return values.map((value, i) => {
    const { mean, deviation } = scales[radius(i)]!;
    return (value - mean) / deviation;
  });
}
