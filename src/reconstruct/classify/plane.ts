import { irfft2, rfft2 } from "../../array/fft/fft.js";
import { centre, type Image } from "../../array/image.js";
import { halfColumns, wrappedIndex } from "../../array/spectrum/half.js";
import type { SliceSource } from "../search/matcher.js";

/** Samples of a plane per frequency step of an image: images are padded to twice their size, as RELION does. */
export const PLANE_STEP = 2;

/**
 * Half of a padded transform in a plane, up to a reach: x from 0 to reach + 1, y from -reach - 1 to reach + 1; the sample at (x, y) is
 * number (y + reach + 1) width + x, width = reach + 2.
 */
export interface PlaneShape {
  /** Rows and columns of the image. */
  readonly box: number;
  /** Samples from zero to the farthest. */
  readonly reach: number;
}

/** @param radius highest frequency that is kept, in frequency steps of the box */
export const planeShape = (box: number, radius: number): PlaneShape => ({
  box,
  reach: PLANE_STEP * Math.ceil(Math.min(radius, box / 2 - 1)),
});

export const planeWidth = ({ reach }: PlaneShape): number => reach + 2;
export const planeRows = ({ reach }: PlaneShape): number => 2 * reach + 3;

/**
 * The padded transform of an image about its centre floor(n / 2), ready for slices: turned copies of the image. The image is divided by
 * the transform of the bilinear kernel before, as `prepareProjector` does with volumes.
 */
export function planeOf(image: Image, shape: PlaneShape): SliceSource {
  const { box, reach } = shape;
  const padded = PLANE_STEP * box;
  const correction = kernelCorrection(box);
  const wide = new Float32Array(padded * padded);
  for (let y = 0; y < box; y++) {
    const row = wrappedIndex(y - centre(box), padded) * padded;
    for (let x = 0; x < box; x++) {
      wide[row + wrappedIndex(x - centre(box), padded)] =
        image.data[y * box + x]! * correction[y]! * correction[x]!;
    }
  }
  const spectrum = rfft2({ data: wide, shape: [padded, padded] }).data;
  const width = planeWidth(shape);
  const data = new Float32Array(2 * width * planeRows(shape));
  for (let y = -reach - 1; y <= reach + 1; y++) {
    const from = 2 * wrappedIndex(y, padded) * halfColumns(padded);
    data.set(spectrum.subarray(from, from + 2 * width), 2 * (y + reach + 1) * width);
  }
  return { cube: { data, reach }, isPlane: true, step: PLANE_STEP, scale: 1 };
}

/**
 * The image of a padded transform: its inverse, cut to the box, divided by the transform of the bilinear kernel.
 *
 * @param data interleaved re, im, of a plane of the shape
 */
export function imageOfPlane(data: Float32Array, shape: PlaneShape): Image {
  const { box, reach } = shape;
  const padded = PLANE_STEP * box;
  const columns = halfColumns(padded);
  const width = planeWidth(shape);
  const spectrum = new Float32Array(2 * padded * columns);
  for (let y = -reach; y <= reach; y++) {
    const to = wrappedIndex(y, padded) * columns;
    const from = (y + reach + 1) * width;
    for (let x = 0; x <= reach; x++) {
      // a move by half the size turns every other sample around
      const sign = (x + y) & 1 ? -1 : 1;
      spectrum[2 * (to + x)] = sign * data[2 * (from + x)]!;
      spectrum[2 * (to + x) + 1] = sign * data[2 * (from + x) + 1]!;
    }
  }
  const wide = irfft2({ data: spectrum, shape: [padded, padded] }).data;
  const first = centre(padded) - centre(box);
  const correction = kernelCorrection(box);
  const out = new Float32Array(box * box);
  for (let y = 0; y < box; y++) {
    for (let x = 0; x < box; x++) {
      out[y * box + x] = wide[(y + first) * padded + x + first]! * correction[y]! * correction[x]!;
    }
  }
  return { data: out, shape: [box, box] };
}

/** 1 / sinc²(x / padded size): linear interpolation between samples of a transform multiplies real space by sinc². */
function kernelCorrection(box: number): Float64Array {
  return Float64Array.from({ length: box }, (_, i) => {
    const t = (Math.PI * (i - centre(box))) / (PLANE_STEP * box);
    return t === 0 ? 1 : (t / Math.sin(t)) ** 2;
  });
}
