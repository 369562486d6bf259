import { FormatError } from "../core/errors.js";
import { type EmanFile, isHdf5, withEmanHdf } from "./hdf5/eman.js";
import type { MrcHeader } from "./mrc/header.js";
import { mrcPixelSize, readMrc, requireEvenPixels } from "./mrc/read.js";
import { unpackImages } from "./mrc/unpack.js";
import { isMrc, readImage } from "./read-image.js";

/** What a file of images holds, whatever its format. */
export interface Pixels {
  readonly kind: "image" | "stack" | "volume";
  /** The sample at (x, y, z) is data[(z * rows + y) * columns + x]. */
  readonly data: Float32Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom; only where the file says so, and the same along every axis. */
  readonly pixelSize?: number;
  /** Where a volume lies: ORIGIN in angstrom, and the index of its first voxel in the cell, x, y, z. */
  readonly place?: Pick<MrcHeader, "origin" | "start">;
}

/**
 * Reads an image, a stack or a volume: MRC and CCP4 in any axis order, HDF5 of EMAN2, PNG, TIFF turned over as RELION does;
 * gzip or bzip2 or bare.
 * @throws FormatError for a damaged file, images of several sizes in one, or pixels that are not square; UnsupportedError for
 *   another format
 */
export async function readPixels(bytes: Uint8Array, path: string): Promise<Pixels> {
  const file = unpackImages(bytes, path);
  if (isHdf5(file)) return withEmanHdf(file, path, (eman) => readEman(eman, path));
  if (isMrc(file, path)) {
    const { header, data, shape } = readMrc(file, path);
    requireEvenPixels(header, path);
    const pixelSize = mrcPixelSize(header);
    const { kind, origin, start } = header;
    return {
      ...{ kind, data, shape },
      ...(pixelSize !== undefined && { pixelSize }),
      ...(kind === "volume" && { place: { origin, start } }),
    };
  }
  const { image, pixelSize } = await readImage(file, path);
  return {
    kind: "image",
    data: image.data,
    shape: [1, ...image.shape],
    ...(pixelSize !== undefined && { pixelSize }),
  };
}

function readEman(file: EmanFile, path: string): Pixels {
  const first = file.read(0);
  const known = first.pixelSize !== undefined && { pixelSize: first.pixelSize };
  if (file.count === 1) {
    return {
      kind: first.shape[0] === 1 ? "image" : "volume",
      data: first.data,
      shape: first.shape,
      ...known,
    };
  }
  const [sections, rows, columns] = first.shape;
  const size = sections * rows * columns;
  const data = new Float32Array(file.count * size);
  for (let i = 0; i < file.count; i++) {
    const each = file.read(i);
    if (each.shape.join() !== first.shape.join() || sections !== 1)
      throw otherShape(path, i, each.shape, first.shape);
    data.set(each.data, i * size);
  }
  return { kind: "stack", data, shape: [file.count, rows, columns], ...known };
}

function otherShape(
  path: string,
  i: number,
  found: readonly number[],
  first: readonly number[],
): FormatError {
  return new FormatError(
    path,
    `/MDF/images/${i}/image`,
    found,
    `1 x ${first[1]} x ${first[2]}: images of one size`,
  );
}
