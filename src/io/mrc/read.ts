import type { Volume } from "../../array/image.js";
import { indexOfNonFinite } from "../../array/statistics.js";
import { FormatError } from "../../core/errors.js";
import { unpackedName } from "../bytes/unpack.js";
import { isPixelSize, PIXEL_SIZES } from "../pixel-size.js";
import { type MrcHeader, parseMrcHeader, UNKNOWN_SIGN } from "./header.js";
import { decodeMrcSamples } from "./modes.js";
import { unpackImages } from "./unpack.js";

/** A whole MRC file, its samples as float32 with x the fastest axis whatever order the file stores. */
export interface MrcFile {
  readonly header: MrcHeader;
  /** The sample at (x, y, z) is data[(z * rows + y) * columns + x]; z counts the images of a stack. */
  readonly data: Float32Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
  /** Angstrom along x, y, z; zeros where the header gives none. */
  readonly voxelSize: readonly [x: number, y: number, z: number];
  readonly isStack: boolean;
}

/**
 * Reads an image, a stack or a volume in modes 0, 1, 2, 6, 12 or 101, either byte order, any axis order, gzip or bzip2 or bare.
 * @throws FormatError for a header outside the format, a size that differs from the header's, NaN or infinity
 */
export function readMrc(bytes: Uint8Array, path: string): MrcFile {
  const file = unpackImages(bytes, path);
  const header = parseMrcHeader(file, file.length, path);
  const end = header.dataOffset + header.storedShape[0] * header.sectionBytes;
  const stored = decodeMrcSections(file.subarray(header.dataOffset, end), header, path);
  const isBeyondDoubt = header.remarks.includes(UNKNOWN_SIGN) && stored.every((value) => value >= 0);
  const remarks = isBeyondDoubt ? header.remarks.filter((remark) => remark !== UNKNOWN_SIGN) : header.remarks;
  return {
    header: { ...header, remarks },
    data: permuteAxes(stored, header),
    shape: header.shape,
    voxelSize: header.voxelSize,
    isStack: header.kind === "stack",
  };
}

/**
 * Samples of one or more whole sections as the file orders them, for reading a large stack section by section.
 * Section n of the file (from 0) lies at header.dataOffset + n * header.sectionBytes.
 * @throws FormatError if `bytes` is not a whole number of sections, or for NaN or infinity
 */
export function decodeMrcSections(bytes: Uint8Array, header: MrcHeader, path: string): Float32Array {
  if (bytes.length % header.sectionBytes !== 0) {
    throw new FormatError(path, "section", bytes.length, `a multiple of ${header.sectionBytes} bytes`);
  }
  const data = decodeMrcSamples(bytes, header, header.storedShape[2]);
  if (header.mode === "float32" || header.mode === "float16") {
    const bad = indexOfNonFinite(data);
    if (bad >= 0) throw new FormatError(path, `sample ${bad}`, data[bad], "a finite number");
  }
  return data;
}

/**
 * Whether sections that the header calls a stack (MZ of 1) are a cube, as a map is: where a map is asked for it is one, as for RELION.
 * Not in .mrcs files.
 */
export const isCubeOfSections = ({ kind, shape }: MrcHeader, path: string): boolean =>
  kind === "stack" &&
  shape[0] > 1 &&
  shape.every((count) => count === shape[0]) &&
  !/\.mrcs$/i.test(unpackedName(path));

/**
 * A file as a density map.
 * @param voxelSize angstrom; stands in for a size that the header does not give
 * @throws FormatError if the file holds images, if its cell is not rectangular, if its voxels are not cubes or unknown
 */
export function volumeOf({ header, data, shape }: MrcFile, path: string, voxelSize?: number): Volume {
  const asCube = isCubeOfSections(header, path);
  if (header.kind !== "volume" && !asCube) throw new FormatError(path, "NZ and MZ", header.kind, "a volume");
  requireRectangular(header, path);
  const [x, y] = header.voxelSize;
  // with MZ of 1 the cell's height stands for all sections, or for one
  const height = header.voxelSize[2];
  const z = asCube && Math.abs(height / shape[0] - x) < Math.abs(height - x) ? height / shape[0] : height;
  const size = x > 0 ? x : (voxelSize ?? 0);
  if (!(size > 0)) {
    throw new FormatError(
      path,
      "words 11-13 (CELLA)",
      [x, y, z],
      "a voxel size, in the file or given beside it",
    );
  }
  if (x > 0 && Math.max(Math.abs(y - x), Math.abs(z - x)) > 1e-3 * x) {
    throw new FormatError(path, "words 11-13 (CELLA)", [x, y, z], "cubic voxels");
  }
  if (!isPixelSize(size))
    throw new FormatError(path, "words 11-13 (CELLA) over MX, MY, MZ", size, PIXEL_SIZES);
  return { data, shape, voxelSize: size };
}

/**
 * Whether a cell has right angles. Angles that cannot be (0, or an integer 90 read as a float) come from programs that never set them,
 * and count as right.
 */
export const isRectangular = (cellAngles: MrcHeader["cellAngles"]): boolean =>
  cellAngles.every((angle) => angle <= 1 || Math.abs(angle - 90) <= 0.01);

function requireRectangular({ cellAngles }: MrcHeader, path: string): void {
  if (isRectangular(cellAngles)) return;
  throw new FormatError(path, "words 14-16 (CELLB)", cellAngles, "90 degrees: a rectangular cell");
}

/** Share by which the sides of a pixel may differ: headers round. */
const SQUARE = 0.01;

/**
 * Refuses pixels that are longer along one axis than along another, and the voxels of a volume likewise: nothing here has a pixel
 * size of two numbers. Sizes of 0 are not known.
 * @throws FormatError
 */
export function requireEvenPixels(header: MrcHeader, path: string): void {
  const isVolume = header.kind === "volume";
  if (isVolume) requireRectangular(header, path);
  const sizes = header.voxelSize.slice(0, isVolume ? 3 : 2);
  const known = sizes.filter((size) => size > 0);
  if (known.length === 0 || Math.max(...known) <= (1 + SQUARE) * Math.min(...known)) return;
  const expected = `one ${isVolume ? "voxel" : "pixel"} size along all axes`;
  throw new FormatError(path, "words 11-13 (CELLA) over MX, MY, MZ", sizes, expected);
}

/** The volume of an MRC file; throws as readMrc and volumeOf. Maps of any format are read by readMap. */
export const readVolume = (bytes: Uint8Array, path: string, voxelSize?: number): Volume =>
  volumeOf(readMrc(bytes, path), path, voxelSize);

/** Pixel size in angstrom along x and y, or undefined where the header gives none or they differ by over 0.1 %. */
export function mrcPixelSize({ voxelSize: [x, y] }: Pick<MrcHeader, "voxelSize">): number | undefined {
  return x > 0 && Math.abs(x - y) <= 1e-3 * x ? x : undefined;
}

/** Reorders stored samples so that x is the fastest axis and z the slowest. */
function permuteAxes(stored: Float32Array, { axes, storedShape, shape }: MrcHeader): Float32Array {
  if (axes.join() === "1,2,3") return stored;
  const strideOfStored = [1, storedShape[2], storedShape[2] * storedShape[1]];
  const stride = (axis: number): number => strideOfStored[axes.indexOf(axis)]!;
  const [strideX, strideY, strideZ] = [stride(1), stride(2), stride(3)];
  const out = new Float32Array(stored.length);
  let i = 0;
  for (let z = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      const start = z * strideZ + y * strideY;
      for (let x = 0; x < shape[2]; x++, i++) out[i] = stored[start + x * strideX]!;
    }
  }
  return out;
}
