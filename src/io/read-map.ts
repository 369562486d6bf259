import type { Volume } from "../array/image.js";
import { FormatError } from "../core/errors.js";
import { unpack } from "./bytes/unpack.js";
import { isHdf5, withEmanHdf } from "./hdf5/eman.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "./mrc/header.js";
import { readVolume } from "./mrc/read.js";

/**
 * Reads a density map: MRC or CCP4 in any axis order, or the first image of an EMAN2 HDF5 file; gzip or bzip2 or bare.
 * @param voxelSize angstrom; stands in for a size that the file does not give
 * @throws FormatError for a damaged file, one that holds images, a cell that is not rectangular, voxels that are not cubes, or
 *   no voxel size at all
 */
export async function readMap(bytes: Uint8Array, path: string, voxelSize?: number): Promise<Volume> {
  const file = unpack(bytes, path);
  if (isHdf5(file)) return readEmanMap(file, path, voxelSize);
  const isKnown = parseMrcHeader(file.subarray(0, MRC_HEADER_BYTES), file.length, path).voxelSize[0] > 0;
  return readVolume(file, path, isKnown ? undefined : voxelSize);
}

async function readEmanMap(bytes: Uint8Array, path: string, voxelSize: number | undefined): Promise<Volume> {
  const { data, shape, pixelSize = voxelSize } = await withEmanHdf(bytes, path, (file) => file.read(0));
  if (shape[0] === 1) throw new FormatError(path, "first image, shape", shape, "a volume");
  if (!(pixelSize !== undefined && pixelSize > 0)) {
    throw new FormatError(path, "EMAN.apix_x", "nothing", "a voxel size; give one by hand");
  }
  return { data, shape, voxelSize: pixelSize };
}
