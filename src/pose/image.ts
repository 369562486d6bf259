import { irfft2, rfft2 } from "../array/fft/fft.js";
import { centre, type Image } from "../array/image.js";
import { rescale } from "../array/interpolation/rescale.js";
import { coarserPosition, padOrCrop } from "../array/resample.js";
import { frequency, halfColumns } from "../array/spectrum/half.js";
import { mean, variance } from "../array/statistics.js";
import { type CtfParameters, ctf } from "../physics/optics/ctf.js";

/** How images are brought to the pixels of a network. */
export interface WorkingFrame {
  /** Angstrom, of the images as stored and of the working images. */
  readonly pixelSize: number;
  readonly workingPixel: number;
  /** Pixels along a side of the working images. */
  readonly side: number;
}

/**
 * The image in working pixels about the same centre, contrast as it is: cut, or filled with its border's mean, then rescaled. The
 * old centre comes to where `toWorking` says.
 */
export function workingImage(image: Image, frame: WorkingFrame): Image {
  const { side } = frame;
  const padded = padOrCrop(image, [paddedSide(frame), paddedSide(frame)], borderMean(image));
  return rescale(padded, frame.workingPixel / frame.pixelSize, [side, side]);
}

const paddedSide = ({ pixelSize, workingPixel, side }: WorkingFrame): number =>
  2 * Math.ceil((side * workingPixel) / pixelSize / 2);

/** A place, pixels from the centre of a stored image, in working pixels from the centre of the working one. */
export const toWorking = (at: number, frame: WorkingFrame): number =>
  coarserPosition(at + centre(paddedSide(frame)), frame.workingPixel / frame.pixelSize) - centre(frame.side);

/** The inverse of `toWorking`. */
export const fromWorking = (at: number, frame: WorkingFrame): number =>
  (at + centre(frame.side) + 0.5) * (frame.workingPixel / frame.pixelSize) - 0.5 - centre(paddedSide(frame));

function borderMean({ data, shape: [rows, columns] }: Image): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (y > 0 && y < rows - 1 && x > 0 && x < columns - 1) continue;
      sum += data[y * columns + x]!;
      count++;
    }
  }
  return sum / count;
}

/** The image with the sign of its CTF taken from every frequency. @param pixelSize angstrom */
export function flipPhases(image: Image, parameters: CtfParameters, pixelSize: number): Image {
  const spectrum = rfft2(image);
  const value = ctf(parameters);
  const [rows, columns] = spectrum.shape;
  const half = halfColumns(columns);
  for (let row = 0; row < rows; row++) {
    const ky = frequency(row, rows) / pixelSize;
    for (let column = 0; column < half; column++) {
      if (value(column / (columns * pixelSize), ky) >= 0) continue;
      const at = 2 * (row * half + column);
      spectrum.data[at]! *= -1;
      spectrum.data[at + 1]! *= -1;
    }
  }
  return irfft2(spectrum);
}

/** Fractions of half the side between which the circular window fades. Source: CryoFIRE's code. */
const WINDOW = { inner: 0.7, outer: 0.99 };

/** The window of an image, 1 within and 0 beyond, over a raised cosine. */
export function circularWindow(side: number): Float32Array {
  const c = centre(side);
  return Float32Array.from({ length: side * side }, (_, i) => {
    const radius = Math.hypot((i % side) - c, Math.floor(i / side) - c) / (side / 2);
    const t = (radius - WINDOW.inner) / (WINDOW.outer - WINDOW.inner);
    return t <= 0 ? 1 : t >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * t);
  });
}

/** How an image is normalised: its mean is subtracted, then it is divided by the deviation. */
export interface GreyScale {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and deviation of an image; the deviation of a constant one is 1. */
export function greyScaleOf(data: Float32Array): GreyScale {
  const deviation = Math.sqrt(variance(data));
  return { mean: mean(data), deviation: deviation > 1e-12 ? deviation : 1 };
}

/**
 * The CTF of a working image as a picture: the value at the frequency of each pixel, zero frequency in the middle, Nyquist at the
 * borders; turned with the image.
 *
 * @param turn frequencies (u, v) of the picture are those (a u + b v, c u + d v) of the image as stored
 */
export function ctfPicture(
  parameters: CtfParameters,
  { side, workingPixel }: Pick<WorkingFrame, "side" | "workingPixel">,
  [a, b, c, d]: readonly [number, number, number, number],
  out: Float32Array,
): void {
  const value = ctf(parameters);
  const middle = centre(side);
  const unit = 1 / (side * workingPixel);
  for (let i = 0; i < out.length; i++) {
    const u = ((i % side) - middle) * unit;
    const v = (Math.floor(i / side) - middle) * unit;
    out[i] = value(a * u + b * v, c * u + d * v);
  }
}
