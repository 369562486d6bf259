import { padOrCropVolume, resampleVolume } from "../../../array/fft/resample.js";
import { centre, type Volume } from "../../../array/image.js";
import { quantile } from "../../../array/statistics.js";
import { FormatError } from "../../../core/errors.js";
import type { JobContext } from "../../../core/ports.js";
import { readMap } from "../../../io/read-map.js";
import { contrastDoubt } from "./map-contrast.js";
import { maskDoubt } from "./map-mask.js";
import { particleLevel, placeDoubt } from "./map-place.js";

/**
 * Reads a density map and brings its solvent to 0, as the simulation needs it. What departs from the format is noted, and there is
 * a warning of a map that is probably inverted, a mask or not in the middle of its box.
 *
 * @param voxelSize angstrom; stands in for one that the file does not give
 * @throws FileError, FormatError as readMap does and for a particle of less than 10 angstrom, DomainError for a map without density
 */
export async function readDensityMap(
  { files, report }: Pick<JobContext, "files" | "report">,
  path: string,
  voxelSize?: number,
): Promise<Volume> {
  const remark = (line: string): void => report.note(line);
  const map = await readMap(await files.read(path), path, {
    remark,
    ...(voxelSize !== undefined && { voxelSize }),
  });
  const volume = subtractSolvent(map);
  const doubt = contrastDoubt(volume, path) ?? maskDoubt(volume, path) ?? placeDoubt(volume, path);
  if (doubt) report.warn(doubt);
  if (voxelSize === undefined && volume.voxelSize === 1) {
    report.note(
      `${path}: its header says 1 angstrom per voxel, a value that programs also write where they do not know it; it is used`,
    );
  }
  const diameter = mapDiameter(volume, path);
  if (diameter < LEAST_DIAMETER) {
    const found = `${diameter.toPrecision(2)} angstrom, at ${Number(volume.voxelSize.toPrecision(4))} angstrom per voxel`;
    throw new FormatError(
      path,
      "size of the particle",
      found,
      `at least ${LEAST_DIAMETER} angstrom: is the voxel size in nanometre?`,
    );
  }
  return volume;
}

/**
 * The map at about the pixel size of the micrographs where it is sampled much finer, so that its padded transform stays
 * small; otherwise the map itself. This is for speed alone: the projector does the exact change of sampling.
 */
export function coarsen(volume: Volume, pixelSize: number): Volume {
  if (pixelSize < 1.25 * volume.voxelSize) return volume;
  return resampleVolume(padOrCropVolume(volume, Math.max(...volume.shape)), pixelSize);
}

/** Angstrom: less than the smallest protein. */
const LEAST_DIAMETER = 10;

/** Share of the density within the diameter: a stray voxel does not count. */
const INSIDE = 0.995;

/**
 * Diameter in angstrom of the sphere about the map's centre that holds 99.5 % of its density, counting voxels above 0.3
 * of the particle's density (sum of V² over sum of V where V > 0).
 *
 * @throws DomainError for a map without positive density
 */
export function mapDiameter(volume: Volume, path?: string): number {
  const { data, shape, voxelSize } = volume;
  const level = particleLevel(volume, path);
  const [sections, rows, columns] = shape;
  const shells = new Float64Array(Math.ceil(Math.sqrt(sections ** 2 + rows ** 2 + columns ** 2)) + 1);
  let total = 0;
  let i = 0;
  for (let z = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const zy = (z - centre(sections)) ** 2 + (y - centre(rows)) ** 2;
      for (let x = 0; x < columns; x++, i++) {
        const value = data[i]!;
        if (value <= level) continue;
        shells[Math.ceil(Math.sqrt(zy + (x - centre(columns)) ** 2))]! += value;
        total += value;
      }
    }
  }
  let radius = 0;
  for (let within = shells[0]!; within < INSIDE * total; within += shells[++radius]!);
  return 2 * (radius + 0.5) * voxelSize;
}

/** Only the contrast against the solvent scatters: the median over the box's faces becomes 0. */
function subtractSolvent(volume: Volume): Volume {
  const [sections, rows, columns] = volume.shape;
  const faces: number[] = [];
  let i = 0;
  for (let z = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const onFace = z === 0 || z === sections - 1 || y === 0 || y === rows - 1;
      for (let x = 0; x < columns; x++, i++) {
        if (onFace || x === 0 || x === columns - 1) faces.push(volume.data[i]!);
      }
    }
  }
  const solvent = quantile(faces, 0.5);
  return solvent === 0 ? volume : { ...volume, data: volume.data.map((value) => value - solvent) };
}
