import type { Image } from "../../../array/image.js";
import { bin } from "../../../array/resample.js";
import { bytesOf, rangeOf, store } from "./samples.js";

/** Most images that are sent together. */
export const MOST_IMAGES = 500;
/** Bytes before the samples of an image. */
const HEAD = 12;

/**
 * Images one after another, as they are sent: of each rows and columns, 16 bits, low and step, float32, then its samples.
 *
 * @param side an image with more pixels along an edge is sent as means of squares, at most as large
 */
export function smallImages(images: readonly Image[], side: number): Uint8Array {
  const parts = images.map((image) => {
    const factor = Math.ceil(Math.max(...image.shape) / side);
    const { data, shape } = factor > 1 ? bin(image, factor) : image;
    const range = rangeOf(data);
    return { shape, range, samples: bytesOf(store(data, range)) };
  });
  const out = new Uint8Array(parts.reduce((sum, { samples }) => sum + HEAD + samples.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { shape, range, samples } of parts) {
    view.setUint16(at, shape[0], true);
    view.setUint16(at + 2, shape[1], true);
    view.setFloat32(at + 4, range.low, true);
    view.setFloat32(at + 8, range.step, true);
    out.set(samples, at + HEAD);
    at += HEAD + samples.length;
  }
  return out;
}
