import type { Image } from "../../array/image.js";
import { bin } from "../../array/resample.js";
import { storedIndex } from "../../array/spectrum/half.js";
import { powerSpectrum2d } from "../../array/spectrum/power.js";

/** Side of the picture of a spectrum, pixels. */
export const SPECTRUM_SIDE = 512;
/** Rings on either side over which brightness is evened out: broader than any Thon ring that is seen. */
const BROAD = 16;

/**
 * A micrograph's power spectrum to look at: logarithm of the power averaged over overlapping tiles, zero frequency at
 * (side / 2, side / 2), each ring brought to the same mean and spread. The mean of a ring becomes 0, its standard deviation 1.
 *
 * @returns float32, side x side; the edge is the Nyquist frequency. A smaller micrograph has a smaller side.
 */
export function spectrumPicture(image: Image): { readonly side: number; readonly data: Float32Array } {
  const fits = 2 ** Math.floor(Math.log2(Math.min(...image.shape)));
  const box = Math.min(2 * SPECTRUM_SIDE, fits);
  const spectrum = powerSpectrum2d(image, box);
  const whole = new Float32Array(box * box);
  for (let y = 0; y < box; y++) {
    for (let x = 0; x < box; x++) {
      const power = spectrum.data[storedIndex(spectrum.shape, x - box / 2, y - box / 2)]!;
      whole[y * box + x] = Math.log(Math.max(power, Number.MIN_VALUE));
    }
  }
  const small =
    box > SPECTRUM_SIDE
      ? bin({ data: whole, shape: [box, box] }, box / SPECTRUM_SIDE)
      : { data: whole, shape: [box, box] as const };
  return { side: small.shape[0], data: evened(small.data, small.shape[0]) };
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
  const scales = sums.map((_, r) => {
    const near = sums.slice(Math.max(0, r - BROAD), r + BROAD + 1);
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
