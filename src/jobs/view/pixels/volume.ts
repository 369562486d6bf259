import { UsageError } from "../../../core/errors.js";
import type { Pixels } from "../../../io/read-pixels.js";
import { saidPixelSize } from "../../shared/micrographs/pixel-size.js";
import type { VolumeView } from "../records.js";
import { type Range, rangeOf, store } from "./samples.js";

/** Most voxels along an edge of a volume whose surface is drawn: 256 are 33 MB to send, and twice as much for the browser's card. */
const MOST_EDGE = 256;

/** A volume as whole numbers, x fastest. */
export interface StoredVolume extends Range {
  readonly data: Uint16Array;
  readonly shape: VolumeView["shape"];
  readonly pixelSize: number | undefined;
}

export function storeVolume({ data, shape, pixelSize }: Pixels): StoredVolume {
  const range = rangeOf(data);
  return { ...range, data: store(data, range), shape, pixelSize: saidPixelSize(pixelSize) };
}

export function viewOfVolume({ shape, low, step, pixelSize }: StoredVolume): VolumeView {
  return {
    ...{ what: "volume", shape, low, step, binning: Math.ceil(Math.max(...shape) / MOST_EDGE) },
    ...(pixelSize !== undefined && { voxelSize: pixelSize }),
  };
}

/**
 * A slice across x, y or z (0, 1, 2): rows along z, z or y; columns along y, x or x.
 *
 * @param path for the message
 * @throws UsageError for one that is not there
 */
export function sliceOf({ shape, data }: StoredVolume, axis: number, at: number, path: string): Uint16Array {
  const [sections, rows, columns] = shape;
  const stride = [1, columns, columns * rows] as const;
  const counts = [columns, rows, sections] as const;
  if (!([0, 1, 2].includes(axis) && at >= 0 && at < counts[axis as 0 | 1 | 2])) {
    throw new UsageError(`${path}: found no slice ${at} across axis ${axis}`);
  }
  const across = axis === 0 ? 1 : 0;
  const down = axis === 2 ? 1 : 2;
  const out = new Uint16Array(counts[across] * counts[down]);
  let i = 0;
  for (let v = 0; v < counts[down]; v++) {
    const start = at * stride[axis as 0 | 1 | 2] + v * stride[down];
    for (let u = 0; u < counts[across]; u++, i++) out[i] = data[start + u * stride[across]]!;
  }
  return out;
}

/** Means of cubes of `binning` voxels along each edge, x fastest; voxels beyond the last whole cube are left out. */
export function binnedVolume({ shape, data }: StoredVolume, binning: number): Uint16Array {
  if (binning === 1) return data;
  const [, rows, columns] = shape;
  const [depth, height, width] = shape.map((count) => Math.floor(count / binning)) as [
    number,
    number,
    number,
  ];
  const out = new Uint16Array(width * height * depth);
  const sums = new Float64Array(width);
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, i += width) {
      sums.fill(0);
      for (let line = 0; line < binning * binning; line++) {
        const row = y * binning + (line % binning);
        const section = z * binning + Math.floor(line / binning);
        const start = (section * rows + row) * columns;
        for (let x = 0; x < width * binning; x++) sums[Math.floor(x / binning)]! += data[start + x]!;
      }
      for (let x = 0; x < width; x++) out[i + x] = Math.round(sums[x]! / binning ** 3);
    }
  }
  return out;
}
