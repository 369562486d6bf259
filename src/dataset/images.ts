import type { Image } from "../array/image.js";
import { bin } from "../array/resample.js";
import { mean, quantile, standardDeviation } from "../array/statistics.js";
import type { Files } from "../core/ports.js";
import { writeMrc } from "../io/mrc/write.js";
import { encodePng } from "../io/png/write.js";
import { type ImageKind, imagePath, inside } from "./layout.js";

/** How micrographs are stored. uint8: grey levels, mean 150 and standard deviation 40, as MRC mode 0 less 128. */
export type StorageMode = "float32" | "float16" | "uint8";

export interface MicrographImages {
  /** Protein dark. */
  readonly micrograph: Image;
  /** 1 on particles, 0 elsewhere. */
  readonly mask: Image;
  /** The same without noise, where it shall be kept. */
  readonly clean?: Image;
}

/** The kinds of image that `writeImages` writes. */
export const imageKinds = (keepClean: boolean): readonly ImageKind[] =>
  keepClean ? ["micrographs", "masks", "previews", "clean"] : ["micrographs", "masks", "previews"];

/** Writes the images of micrograph `index` (from 1). @param pixelSize angstrom, for the MRC headers */
export async function writeImages(
  files: Files,
  dir: string,
  index: number,
  { micrograph, mask, clean }: MicrographImages,
  { mode, pixelSize }: { readonly mode: StorageMode; readonly pixelSize: number },
): Promise<void> {
  const write = (kind: ImageKind, bytes: Uint8Array): Promise<void> =>
    files.write(inside(dir, imagePath(kind, index)), bytes);
  await write("micrographs", encodeMicrograph(micrograph, mode, pixelSize));
  if (clean) await write("clean", encodeMicrograph(clean, "float32", pixelSize));
  await write("masks", encodeMask(mask));
  await write("previews", encodePreview(micrograph));
}

/** A micrograph as an MRC file. */
export function encodeMicrograph({ data, shape }: Image, mode: StorageMode, pixelSize: number): Uint8Array {
  const stored = mode === "uint8" ? greyLevels(data) : data;
  return writeMrc({ data: stored, shape: [1, ...shape], voxelSize: pixelSize, mode });
}

/** A mask as an 8-bit PNG: 255 on particles. */
export function encodeMask({ data, shape }: Image): Uint8Array {
  const samples = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) if (data[i]! > 0) samples[i] = 255;
  return encodePng({ shape, channels: 1, samples }, "fast");
}

/** Longest side of a preview. */
const PREVIEW_PIXELS = 1280;

/** A picture to look at: averaged down to at most 1280 pixels, the darkest and brightest 0.2 % clipped. */
export function encodePreview(image: Image): Uint8Array {
  const factor = Math.ceil(Math.max(...image.shape) / PREVIEW_PIXELS);
  const { data, shape } = factor > 1 ? bin(image, factor) : image;
  const low = quantile(data, 0.002);
  const range = quantile(data, 0.998) - low;
  // an image of one value is shown as grey
  const scale = range > 0 ? 255 / range : 0;
  const offset = range > 0 ? 0 : 128;
  const samples = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) samples[i] = offset + (data[i]! - low) * scale;
  return encodePng({ shape, channels: 1, samples }, "fast");
}

/** The paper's grey scale; values beyond it are clipped. */
function greyLevels(data: Float32Array): Float32Array {
  const centre = mean(data);
  const deviation = standardDeviation(data);
  const scale = deviation > 0 ? 40 / deviation : 0;
  return data.map((value) => Math.min(255, Math.max(0, Math.round(150 + (value - centre) * scale))));
}
