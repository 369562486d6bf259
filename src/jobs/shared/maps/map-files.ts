import type { Volume } from "../../../array/image.js";
import { DomainError, FormatError, ShapeError } from "../../../core/errors.js";
import type { Files, Report } from "../../../core/ports.js";
import { pack } from "../../../io/bytes/unpack.js";
import { isHdf5 } from "../../../io/hdf5/eman.js";
import { MRC_HEADER_BYTES, parseMrcHeader } from "../../../io/mrc/header.js";
import { unpackImages } from "../../../io/mrc/unpack.js";
import { writeMrc } from "../../../io/mrc/write.js";
import { readMap } from "../../../io/read-map.js";

/** Where a map lies in its cell, as its header says: carried to every map made from it, so that they stay in one frame. */
export interface MapFrame {
  /** Angstrom. */
  readonly origin: readonly [x: number, y: number, z: number];
  /** Index of the first voxel in the cell. */
  readonly start: readonly [x: number, y: number, z: number];
}

export interface MapFile {
  readonly path: string;
  readonly map: Volume;
  readonly frame: MapFrame;
}

/**
 * Reads a density map for computing with it: a cube of finite values.
 *
 * @param report notes where the file departs from its format
 * @throws FileError, FormatError for the file or a value that is not finite; ShapeError for a box with unequal sides
 */
export async function readMapFile(
  files: Files,
  path: string,
  report?: Pick<Report, "note">,
): Promise<MapFile> {
  const bytes = unpackImages(await files.read(path), path);
  const map = await readMap(bytes, path, report && { remark: (line) => report.note(line) });
  const size = map.shape[2];
  if (map.shape.some((n) => n !== size)) throw new ShapeError(path, map.shape, "a cube");
  if (isHdf5(bytes)) return { path, map, frame: { origin: [0, 0, 0], start: [0, 0, 0] } };
  const { origin, start } = parseMrcHeader(bytes.subarray(0, MRC_HEADER_BYTES), bytes.length, path);
  return { path, map, frame: { origin, start } };
}

/** Rounding of a mask's values beyond 0 and 1 that is let pass, as in RELION. */
const ROUNDING = 1e-6;

/**
 * Reads a mask for a map.
 *
 * @throws as `readMapFile`; ShapeError, DomainError for another size or voxel size than the map's; FormatError for values outside 0
 *   to 1, one value everywhere, or a mask that leaves out the middle and keeps the corners
 */
export async function readMask(
  files: Files,
  path: string,
  of: MapFile,
  report?: Pick<Report, "note">,
): Promise<Volume> {
  const { map: mask } = await readMapFile(files, path, report);
  checkSameGrid({ path, map: mask }, of);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of mask.data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -ROUNDING || high > 1 + ROUNDING) {
    throw new FormatError(path, "densities", `${low} to ${high}`, "values from 0 to 1: a mask");
  }
  if (low === high)
    throw new FormatError(path, "densities", low, "a mask: not one value everywhere, but 0 and 1");
  if (cornersOf(mask).every((value) => value > 0.5))
    throw new FormatError(path, "the eight corners", cornersOf(mask), "0 there: is the mask inverted?");
  return mask;
}

/** Densities in the corners of a box, where no particle is. */
function cornersOf({ data, shape: [sections, rows, columns] }: Volume): readonly number[] {
  const ends = (size: number): readonly number[] => [0, size - 1];
  return ends(sections).flatMap((z) =>
    ends(rows).flatMap((y) => ends(columns).map((x) => data[(z * rows + y) * columns + x]!)),
  );
}

/**
 * Refuses a map on another grid than the first.
 *
 * @throws ShapeError for another size, DomainError for a voxel size that differs by over 0.1 %
 */
export function checkSameGrid(other: Omit<MapFile, "frame">, first: Omit<MapFile, "frame">): void {
  const [found, wanted] = [other.map, first.map];
  if (found.shape[0] !== wanted.shape[0]) {
    throw new ShapeError(other.path, found.shape, `${wanted.shape.join(" x ")} as ${first.path}`);
  }
  if (Math.abs(found.voxelSize - wanted.voxelSize) > 1e-3 * wanted.voxelSize) {
    throw new DomainError(
      `${other.path}: voxel size`,
      found.voxelSize,
      `${wanted.voxelSize} angstrom as ${first.path}`,
    );
  }
}

/** Writes a map in a frame; compressed where the name ends so. */
export async function writeMapFile(files: Files, path: string, map: Volume, frame: MapFrame): Promise<void> {
  await files.write(path, pack(writeMrc({ ...map, ...frame, kind: "volume" }), path));
}
