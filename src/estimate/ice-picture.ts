import { gaussianBlur } from "../array/filter.js";
import type { Image } from "../array/image.js";
import { bin } from "../array/resample.js";
import { quantile } from "../array/statistics.js";
import { resampleIce } from "../physics/ice.js";

/** Longest side of a panel, and the gap between two, pixels. */
const PANEL = 512;
const GAP = 8;

/**
 * An ice gradient to be judged by eye, as grey levels: the micrograph, the same with everything finer than the gradient blurred
 * away, and W, side by side. Each panel uses its own full range of grey; a good W looks like the middle panel.
 */
export function icePicture(
  image: Image,
  ice: Image,
): { readonly shape: Image["shape"]; readonly samples: Uint8ClampedArray } {
  const small = bin(image, Math.max(1, Math.ceil(Math.max(...image.shape) / PANEL)));
  const blurred = gaussianBlur(small, Math.min(...small.shape) / 20);
  const panels = [grey(small, 0.005), grey(blurred, 0.005), grey(resampleIce(ice, small.shape), 0)];
  const [rows, columns] = small.shape;
  const width = 3 * columns + 2 * GAP;
  const samples = new Uint8ClampedArray(rows * width).fill(255);
  panels.forEach((panel, i) => {
    for (let y = 0; y < rows; y++) {
      samples.set(panel.subarray(y * columns, (y + 1) * columns), y * width + i * (columns + GAP));
    }
  });
  return { shape: [rows, width], samples };
}

/** Grey levels with the given share of the pixels clipped at either end. */
function grey({ data }: Image, clipped: number): Uint8ClampedArray {
  const low = quantile(data, clipped);
  const range = quantile(data, 1 - clipped) - low;
  return Uint8ClampedArray.from(data, (value) => (range > 0 ? (255 * (value - low)) / range : 128));
}
