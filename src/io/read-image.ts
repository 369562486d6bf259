import type { Image } from "../array/image.js";
import { FormatError, UnsupportedError } from "../core/errors.js";
import { unpackedName } from "./bytes/unpack.js";
import { isHdf5, withEmanHdf } from "./hdf5/eman.js";
import { mrcPixelSize, readMrc, requireEvenPixels } from "./mrc/read.js";
import { unpackImages } from "./mrc/unpack.js";
import { PNG_SIGNATURE } from "./png/chunks.js";
import { readPng } from "./png/read.js";
import { readTiff } from "./tiff/read.js";

/** One picture, whatever its format. */
export interface ReadImage {
  readonly image: Image;
  /** Angstrom; only where the file says so. */
  readonly pixelSize?: number;
}

/** File name endings that readImage takes; .gz or .bz2 may follow. */
export const IMAGE_EXTENSIONS = [".mrc", ".mrcs", ".map", ".png", ".tif", ".tiff", ".hdf"] as const;

/** Whether a file has the ending of an image, behind which that of a packed file may stand. */
export const isImageName = (path: string): boolean =>
  IMAGE_EXTENSIONS.some((ending) => unpackedName(path).toLowerCase().endsWith(ending));

/**
 * Reads a micrograph or another single image: MRC, grey PNG, TIFF turned over as RELION does, or HDF5 of EMAN2. The
 * format is known by its first bytes, else by the name's ending.
 * @throws FormatError for a damaged file, one that holds several images, or pixels that are not square; UnsupportedError for another format
 */
export async function readImage(bytes: Uint8Array, path: string): Promise<ReadImage> {
  const file = unpackImages(bytes, path);
  const name = unpackedName(path);
  if (PNG_SIGNATURE.every((byte, i) => file[i] === byte)) return { image: readPng(file, path) };
  if (isHdf5(file)) return readEmanImage(file, path);
  if (isMrc(file, path)) return readMrcImage(file, path);
  if (/\.tiff?$/i.test(name)) return readTiff(file, path);
  if (/\.png$/i.test(name)) return { image: readPng(file, path) };
  if (/\.eer$/i.test(name))
    throw new UnsupportedError(
      `${path}: found a movie, expected a micrograph: its motion is corrected first`,
    );
  throw new UnsupportedError(
    `${path}: name: found ${JSON.stringify(name)}, expected an image with one of the endings ${IMAGE_EXTENSIONS.join(", ")}`,
  );
}

function readMrcImage(bytes: Uint8Array, path: string): ReadImage {
  const { header, data, shape } = readMrc(bytes, path);
  if (shape[0] !== 1)
    throw new FormatError(
      path,
      "word 3 (NZ)",
      shape[0],
      "1: a single image, not a stack or the frames of a movie",
    );
  requireEvenPixels(header, path);
  return { image: { data, shape: [shape[1], shape[2]] }, pixelSize: mrcPixelSize(header) };
}

/** Whether a file is MRC or CCP4: by its name's ending, or its mark, in capitals or not. */
export const isMrc = (bytes: Uint8Array, path: string): boolean =>
  /\.(mrcs?|map|ctf|rec|st)$/i.test(unpackedName(path)) || hasMapMark(bytes);

const hasMapMark = (bytes: Uint8Array): boolean =>
  [0x4d, 0x41, 0x50].every((byte, i) => (bytes[208 + i]! & 0xdf) === byte);

async function readEmanImage(bytes: Uint8Array, path: string): Promise<ReadImage> {
  return withEmanHdf(bytes, path, (file) => {
    if (file.count !== 1) throw new FormatError(path, "/MDF/images", file.count, "a single image");
    const { data, shape, pixelSize } = file.read(0);
    if (shape[0] !== 1) throw new FormatError(path, "/MDF/images/0/image", shape, "a single section");
    return { image: { data, shape: [shape[1], shape[2]] }, pixelSize };
  });
}
