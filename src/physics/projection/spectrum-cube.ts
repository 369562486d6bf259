import { rfft3, type Spectrum } from "../../array/fft/fft.js";
import type { Volume } from "../../array/image.js";
import { halfColumns, wrappedIndex } from "../../array/spectrum/half.js";
import { visitHalfSpectrum } from "../../array/spectrum/shells.js";

/**
 * The transform of a real volume within a reach, as a compact cube: x from 0 to reach + 1, y and z from -reach - 1 to
 * reach + 1, interleaved re, im; the sample at (x, y, z) is number
 * ((z + reach + 1) (2 reach + 3) + y + reach + 1) (reach + 2) + x. Plain data, so that it can be sent to workers.
 */
export interface SpectrumCube {
  readonly data: Float32Array;
  /** Highest frequency along an axis, in samples of the transform. */
  readonly reach: number;
}

/** What the slices of a cube leave out beyond its significant radius: a share of their power. */
const NEGLIGIBLE = 1e-9;

/**
 * Transforms a cubic volume and keeps what slices need: up to `limit`, in samples of the transform, or up to the radius
 * beyond which a low-passed volume has nothing.
 *
 * @returns the cube, and the radius within which it is valid
 */
export function transformToCube(
  volume: Volume,
  limit: number,
): { readonly cube: SpectrumCube; readonly radius: number } {
  const spectrum = rfft3(volume);
  const radius = Math.min(limit, significantRadius(spectrum));
  return { cube: compact(spectrum, Math.ceil(radius)), radius };
}

/** The least whole radius beyond which the mean slice has less than the negligible share of its power. */
function significantRadius(spectrum: Spectrum<Volume["shape"]>): number {
  const n = spectrum.shape[0];
  const shells = new Float64Array(n);
  visitHalfSpectrum(n, (at, squared) => {
    const re = spectrum.data[at]!;
    const im = spectrum.data[at + 1]!;
    shells[Math.ceil(Math.sqrt(squared))]! += re * re + im * im;
  });
  // a shell of radius k has k² samples, a circle k: so much of the shell's power does a slice meet
  let total = 0;
  for (let k = 0; k < n; k++) total += shells[k]! / Math.max(1, k);
  let beyond = 0;
  for (let k = n - 1; k > 1; k--) {
    beyond += shells[k]! / k;
    if (beyond > NEGLIGIBLE * total) return k;
  }
  return 1;
}

function compact(spectrum: Spectrum<Volume["shape"]>, reach: number): SpectrumCube {
  const n = spectrum.shape[0];
  const half = halfColumns(n);
  const width = reach + 2;
  const side = 2 * reach + 3;
  const data = new Float32Array(2 * side * side * width);
  const stored = Math.min(width, half);
  const wrap = (cycles: number): number => wrappedIndex(cycles, n);
  for (let k = 0; k < side; k++) {
    const z = k - reach - 1;
    for (let j = 0; j < side; j++) {
      const y = j - reach - 1;
      const to = 2 * (k * side + j) * width;
      const from = 2 * (wrap(z) * n + wrap(y)) * half;
      data.set(spectrum.data.subarray(from, from + 2 * stored), to);
      // beyond the stored half: the transform at -k is the conjugate of that at k
      const mirror = 2 * (wrap(-z) * n + wrap(-y)) * half;
      for (let x = stored; x < width; x++) {
        data[to + 2 * x] = spectrum.data[mirror + 2 * wrap(-x)]!;
        data[to + 2 * x + 1] = -spectrum.data[mirror + 2 * wrap(-x) + 1]!;
      }
    }
  }
  return { data, reach };
}
