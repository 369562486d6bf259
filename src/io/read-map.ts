import type { Volume } from "../array/image.js";
import { FormatError } from "../core/errors.js";
import { isHdf5, withEmanHdf } from "./hdf5/eman.js";
import { isCubeOfSections, readMrc, volumeOf } from "./mrc/read.js";
import { unpackImages } from "./mrc/unpack.js";

/** What a caller may add to the reading of a map. */
export interface MapReading {
  /** Angstrom; stands in for a size that the file does not give. */
  readonly voxelSize?: number;
  /** Receives, a line each, what departs from the format and was read all the same. */
  readonly remark?: (line: string) => void;
}

/**
 * The one reader of density maps and masks: MRC or CCP4 in any axis order, or the first image of an EMAN2 HDF5 file; gzip or bzip2
 * or bare, known by its first bytes.
 * @throws FormatError for a damaged file, a text, as an atomic model is, a file of images, a cell that is not rectangular, voxels that
 *   are not cubes, or no voxel size at all
 */
export async function readMap(
  bytes: Uint8Array,
  path: string,
  { voxelSize, remark }: MapReading = {},
): Promise<Volume> {
  const file = unpackImages(bytes, path);
  if (isHdf5(file)) return readEmanMap(file, path, { voxelSize, remark });
  if (isText(file))
    throw new FormatError(path, "format", "text, as of an atomic model", "a density map, MRC");
  const read = readMrc(file, path);
  for (const line of read.header.remarks) remark?.(`${path}: ${line}`);
  if (isCubeOfSections(read.header, path))
    remark?.(`${path}: word 10 (MZ) is 1, as of a stack of images; as a cube it is read as a map`);
  return volumeOf(read, path, voxelSize);
}

/** Bytes by which text is told: a header of MRC has zeros and other control characters among as many. */
const TEXT_BYTES = 256;

const isText = (bytes: Uint8Array): boolean =>
  bytes.length > 0 && bytes.subarray(0, TEXT_BYTES).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));

async function readEmanMap(
  bytes: Uint8Array,
  path: string,
  { voxelSize, remark }: Pick<MapReading, "remark"> & { readonly voxelSize: number | undefined },
): Promise<Volume> {
  const {
    count,
    data,
    shape,
    pixelSize = voxelSize,
  } = await withEmanHdf(bytes, path, (file) => ({
    count: file.count,
    ...file.read(0),
  }));
  if (shape[0] === 1) throw new FormatError(path, "first image, shape", shape, "a volume");
  if (count > 1) remark?.(`${path}: the first of ${count} volumes is read`);
  if (!(pixelSize !== undefined && pixelSize > 0)) {
    throw new FormatError(path, "EMAN.apix_x", "nothing", "a voxel size, in the file or given beside it");
  }
  return { data, shape, voxelSize: pixelSize };
}
