import { resampleImage } from "../../../array/fft/resample.js";
import type { Files } from "../../../core/ports.js";
import { type ImagePlace, type ParticleStack, readStackImages, refuseBlank } from "./particle-stacks.js";

/** The box and pixel size in which the images of a search are compared. */
export interface Sampling {
  /** Rows and columns. */
  readonly box: number;
  /** Angstrom. */
  readonly pixelSize: number;
}

/** An image of a search, as it is stored. */
export interface SearchImage extends ImagePlace {
  /** Angstrom: the pixel size, where it is not that in which images are compared. */
  readonly pixelSize?: number;
}

/**
 * Reads images one by one, white or dark as they are, brought to one box and pixel size. Resampled images are multiplied
 * by the ratio of the pixel sizes, so that white noise keeps its standard deviation: a background of deviation 1 stays one.
 */
export async function* readSearchImages(
  files: Files,
  stacks: readonly ParticleStack[],
  images: readonly SearchImage[],
  { box, pixelSize }: Sampling,
): AsyncGenerator<{ readonly i: number; readonly pixels: Float32Array }> {
  for await (const { i, pixels } of readStackImages(files, stacks, images.length, (at) => images[at]!)) {
    refuseBlank(pixels, images[i]!, stacks);
    const own = images[i]!.pixelSize ?? pixelSize;
    const side = stacks[images[i]!.stack]!.box;
    if (own === pixelSize && side === box) {
      yield { i, pixels };
      continue;
    }
    const { data } = resampleImage({ data: pixels, shape: [side, side] }, own / pixelSize, box);
    const factor = pixelSize / own;
    yield { i, pixels: factor === 1 ? data : data.map((value) => factor * value) };
  }
}

/** The images as a list, in their order. */
export async function readImages(...args: Parameters<typeof readSearchImages>): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for await (const { pixels } of readSearchImages(...args)) all.push(pixels);
  return all;
}
